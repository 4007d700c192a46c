"""The operations of the API description, each made from one endpoint."""

import inspect
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from chalicelib.core.errors import BatonError
from chalicelib.edge.dependencies import Dependencies
from chalicelib.edge.endpoint import Endpoint
from chalicelib.edge.forms import FORM_DATA
from chalicelib.edge.openapi import errors as error_responses
from chalicelib.edge.openapi.descriptions import PATH_PARAMETERS
from chalicelib.edge.openapi.examples import Examples, override
from chalicelib.edge.openapi.references import REF
from chalicelib.edge.openapi.schemas import Schema, Schemas

_JSON = "application/json"


class Operations(msgspec.Struct, frozen=True):
    """Makes the operations of endpoints."""

    dependencies: Dependencies
    schemas: Schemas
    examples: Examples
    errors: Mapping[str, type[BatonError]]

    def of(self, endpoint: Endpoint, operation_id: str, main: Endpoint) -> dict[str, Any]:
        """Return the operation of an endpoint; `main` is the same endpoint at its main path."""
        operation: dict[str, Any] = {
            "operationId": operation_id,
            "summary": endpoint.summary,
            "description": "\n\n".join(self._description(endpoint, main)),
            "tags": list(endpoint.tags),
            "parameters": list(self._parameters(endpoint)),
            "responses": {**self._successes(endpoint), **error_responses.responses(endpoint, self.errors)},
            "security": [] if endpoint.public else [{"bearerAuth": []}],
        }
        if endpoint.takes_body:
            operation["requestBody"] = self._request(endpoint)
        if endpoint.deprecated_alias:
            operation["deprecated"] = True
        if endpoint.permission is not None:
            operation["x-permission"] = endpoint.permission
            operation["x-roles"] = self.roles(endpoint.permission)
        return operation

    def described(self, kind: Any, given: Any = None) -> dict[str, Any]:
        """Return the schema of a type with an example; `given` overrides parts of the generated example."""
        schema = self.schemas.of(kind)
        return {"schema": schema, "example": override(self.examples.of(schema), given)}

    def roles(self, permission: str) -> list[str]:
        """Return the roles that hold a permission in a new organisation."""
        return [] if self.dependencies.roles_of is None else list(self.dependencies.roles_of(permission))

    def _description(self, endpoint: Endpoint, main: Endpoint) -> Iterator[str]:
        if endpoint.deprecated_alias:
            yield f"Alias of `{main.method} {main.path}` for older clients."
        more = (inspect.getdoc(endpoint.handler) or "").partition("\n")[2].strip()
        if more:
            yield more
        if endpoint.public:
            yield "Needs no authentication."
        elif endpoint.permission is None:
            yield "Needs authentication but no permission."
        else:
            roles = ", ".join(f"`{role}`" for role in self.roles(endpoint.permission))
            yield f"Needs the permission `{endpoint.permission}`" + (f" (by default: {roles})." if roles else ".")

    def _parameters(self, endpoint: Endpoint) -> Iterator[dict[str, Any]]:
        given: Mapping[str, str] = endpoint.examples.get("path", {})
        for name in re.findall(r"{(\w+)}", endpoint.path):
            schema: Schema = {"type": "string", "minLength": 1}
            yield {
                "name": name,
                "in": "path",
                "required": True,
                "description": PATH_PARAMETERS.get(name, ""),
                "schema": schema,
                "example": given.get(name, self.examples.of(schema, name)),
            }
        for name, schema, required in self.schemas.parameters(endpoint.query):
            known = {"description": schema.pop("description")} if "description" in schema else {}
            example = self.examples.of(schema, name)
            yield {"name": name, "in": "query", "required": required, **known, "schema": schema, "example": example}
        for name in self._header_names(endpoint):
            yield {"$ref": f"#/components/parameters/{name}"}

    @staticmethod
    def _header_names(endpoint: Endpoint) -> Iterator[str]:
        if endpoint.mutates and not endpoint.public:
            yield "Idempotency-Key"
        if endpoint.takes_if_match:
            yield "If-Match-Required" if endpoint.if_match == "required" else "If-Match"
        if endpoint.is_conditional:
            yield "If-None-Match"
        yield "X-Request-Id"

    def _request(self, endpoint: Endpoint) -> dict[str, Any]:
        content = self.described(endpoint.described_body, endpoint.examples.get("request"))
        named = self.schemas.components.get(content["schema"].get("$ref", "").removeprefix(REF), {})
        return {"required": "required" in named, "content": {FORM_DATA if endpoint.form else _JSON: content}}

    def _successes(self, endpoint: Endpoint) -> dict[str, Any]:
        statuses = [endpoint.status, *endpoint.other_statuses]
        successes = {str(status): self._success(endpoint, status) for status in statuses}
        if endpoint.is_conditional:
            headers = _header_references(["X-Request-Id"], endpoint)
            successes["304"] = {"description": "The client has this response already.", "headers": headers}
        return successes

    def _success(self, endpoint: Endpoint, status: int) -> dict[str, Any]:
        names = ["X-Request-Id"]
        if endpoint.mutates and not endpoint.public:
            names.append("Idempotent-Replayed")
        response: dict[str, Any] = {
            "description": HTTPStatus(status).phrase,
            "headers": _header_references(names, endpoint),
        }
        if endpoint.returns is not None:
            given = endpoint.examples.get(f"response_{status}", endpoint.examples.get("response"))
            content = self.described(endpoint.returns, given)
            others = {media_type: {"schema": {"type": "string"}} for media_type in endpoint.other_media_types}
            response["content"] = {endpoint.media_type: content, **others}
        return response


def _header_references(names: list[str], endpoint: Endpoint) -> dict[str, Any]:
    """Return references to the headers of a response, with its `ETag` if it has one."""
    references = {name: name for name in names}
    if endpoint.versioned or endpoint.is_conditional:
        references["ETag"] = "ETag" if endpoint.versioned else "ETag-Weak"
    return {name: {"$ref": f"#/components/headers/{component}"} for name, component in references.items()}

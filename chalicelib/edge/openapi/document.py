"""This API as an OpenAPI 3.1 document, generated from the declarations of the endpoints.

There is no second description to maintain: types, permissions, errors and paths are those that the edge enforces. The
document is made on the first request for it.
"""

from collections.abc import Mapping, Sequence

from chalicelib.core.errors import BatonError
from chalicelib.edge.dependencies import Dependencies
from chalicelib.edge.endpoint import Endpoint
from chalicelib.edge.openapi import errors as error_responses
from chalicelib.edge.openapi import headers
from chalicelib.edge.openapi.caching import Document, built_once
from chalicelib.edge.openapi.conversion import to_openapi_30
from chalicelib.edge.openapi.examples import Examples
from chalicelib.edge.openapi.operations import Operations
from chalicelib.edge.openapi.references import reachable, references
from chalicelib.edge.openapi.schemas import Schemas
from chalicelib.edge.openapi.texts import ABOUT, TAGS
from chalicelib.edge.request import Empty


@built_once
def document(dependencies: Dependencies) -> Document:
    """Return the OpenAPI document of an application."""
    endpoints = dependencies.endpoints
    schemas = Schemas(
        taken=[endpoint.described_body for endpoint in endpoints if endpoint.takes_body],
        given=[endpoint.returns for endpoint in endpoints if endpoint.returns is not None],
        queries=[endpoint.query for endpoint in endpoints if endpoint.query is not Empty],
    )
    errors = error_responses.all_errors(endpoints)
    operations = Operations(dependencies, schemas, Examples(schemas.components), errors)
    built: Document = {
        "openapi": "3.1.0",
        "info": _info(dependencies),
        "servers": [{"url": "/api", "description": "The same host"}],
        "tags": _tags(endpoints),
        "paths": _paths(endpoints, operations),
    }
    return {**built, "components": _components(errors, schemas, built)}


@built_once
def document_30(dependencies: Dependencies) -> Document:
    """Return the document converted to OpenAPI 3.0.3, for older generators."""
    return to_openapi_30(document(dependencies))


def _info(dependencies: Dependencies) -> dict[str, object]:
    return {
        "title": "Baton",
        "version": dependencies.version,
        "description": ABOUT,
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    }


def _tags(endpoints: Sequence[Endpoint]) -> list[dict[str, str]]:
    """Return the tags that are used, with their descriptions."""
    used = {tag for endpoint in endpoints for tag in endpoint.tags}
    return [{"name": tag, "description": text} for tag, text in TAGS.items() if tag in used]


def _paths(endpoints: Sequence[Endpoint], operations: Operations) -> dict[str, dict[str, object]]:
    paths: dict[str, dict[str, object]] = {}
    main: dict[object, Endpoint] = {}
    aliases: dict[object, int] = {}
    for endpoint in endpoints:
        handler = endpoint.handler
        main.setdefault(handler, endpoint)
        operation_id = endpoint.name
        if endpoint.deprecated_alias:
            aliases[handler] = aliases.get(handler, 0) + 1
            operation_id += f"_alias_{aliases[handler]}"
        operation = operations.of(endpoint, operation_id, main[handler])
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = operation
    return paths


def _components(errors: Mapping[str, type[BatonError]], schemas: Schemas, rest: object) -> Mapping[str, object]:
    """Return the components to which the rest of the document refers."""
    components = {**schemas.components, **error_responses.schemas(errors)}
    return {
        "schemas": {name: components[name] for name in sorted(reachable(references(rest), components))},
        "examples": _used("examples", error_responses.examples(errors), rest),
        "headers": _used("headers", headers.response_headers(), rest),
        "parameters": _used("parameters", headers.request_headers(), rest),
        "securitySchemes": {"bearerAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
    }


def _used(kind: str, components: Mapping[str, object], rest: object) -> dict[str, object]:
    """Return the components of a kind to which the rest of the document refers."""
    return {name: components[name] for name in sorted({*references(rest, f"#/components/{kind}/")})}

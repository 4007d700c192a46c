"""A reader can send the example of every operation: it is neither malformed nor invalid."""

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from chalicelib.edge.endpoint import Endpoint
from tests.api.test_every_route import ADMIN, DOCUMENT, ENDPOINTS, example_body, named
from tests.builders.forms import Field, form
from tests.builders.photos import photo
from tests.builders.world import Answer, World

REFUSED = {
    "METHOD_NOT_ALLOWED",
    "PRECONDITION_REQUIRED",
    "ROUTE_NOT_FOUND",
    "UNSUPPORTED_MEDIA_TYPE",
    "VALIDATION_ERROR",
}
OF_A_RESPONSE = {"cursor", "nextPageToken"}
"""Parameters whose values a response gives."""

OF_THE_STORE = {"currentPassword", "reportsTo"}
"""Fields whose values only the store can refuse: the caller's password, and the id of another user."""


def parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    declared = DOCUMENT["paths"][endpoint.path][endpoint.method.lower()]["parameters"]
    components = DOCUMENT["components"]["parameters"]
    return [components[part["$ref"].rpartition("/")[2]] if "$ref" in part else part for part in declared]


def examples(endpoint: Endpoint, place: str) -> dict[str, Any]:
    return {part["name"]: part["example"] for part in parameters(endpoint) if part["in"] == place}


def send_example(world: World, endpoint: Endpoint) -> Answer:
    path = endpoint.path
    for name, value in examples(endpoint, "path").items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    query = {
        name: json.dumps(value) if isinstance(value, bool) else value
        for name, value in examples(endpoint, "query").items()
        if name not in OF_A_RESPONSE
    }
    headers = examples(endpoint, "header")
    raw = None
    if endpoint.form:
        content = DOCUMENT["paths"][endpoint.path]["post"]["requestBody"]["content"]["multipart/form-data"]
        example = content["example"] | {"file": photo()}
        fields = [Field(name, value) for name, value in example.items()]
        headers["content-type"], raw = form(*fields)
    address = f"{path}?{urlencode(query)}" if query else path
    token = None if endpoint.public else world.person(ADMIN).token
    return world.call(endpoint.method, address, example_body(endpoint), token=token, headers=headers, raw=raw)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=named)
def test_the_example_of_a_request_is_accepted_as_one(world: World, endpoint: Endpoint) -> None:
    answer = send_example(world, endpoint)
    assert answer.status < 500
    if answer.status >= 400:
        code = answer.json["error"]["code"]
        assert code not in REFUSED or answer.fields.keys() & OF_THE_STORE, answer.json
        assert not code.startswith("MALFORMED"), answer.json

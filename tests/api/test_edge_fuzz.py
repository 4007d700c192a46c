"""Arbitrary requests to every route are answered or refused with an error body, and never crash."""

import json
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import app
from chalicelib.edge.endpoint import Endpoint
from tests.builders.dispatch import on_duty, order
from tests.builders.world import Person, World
from tests.environment import examples

ENDPOINTS = [endpoint for routes in app.ROUTES for endpoint in routes.endpoints if not endpoint.deprecated_alias]
NAMES = [f"{endpoint.method} {endpoint.path}" for endpoint in ENDPOINTS]
FEW = hypothesis_settings(
    max_examples=examples(15, everyday=1 / 4), suppress_health_check=[HealthCheck.function_scoped_fixture]
)

odd_texts = st.one_of(
    st.sampled_from(
        ["", " ", "a", "\x00", "%", "#", "..", "é", "💥", "ﷺ", "1", "-1", "true", "null", "x" * 600, "\u2028"]
    ),
    st.text(max_size=12),
)
odd_numbers = st.one_of(
    st.sampled_from([0, -1, 1, 2**31, 2**63, 2**64, 10**40, -0.0, 1e-320, 1e308, -1e308, 90.0000001, 180.5, 0.1]),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
)
odd = st.recursive(
    st.one_of(st.none(), st.booleans(), odd_numbers, odd_texts),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd_texts, inner, max_size=3),
    max_leaves=5,
)
raw_bodies = st.sampled_from(
    [b"", b"{", b"[]", b"null", b"1", b'"x"', b'{"a":NaN}', b'{"a":1e999}', b"\xff\xfe", b"\xef\xbb\xbf{}", b"[" * 3000]
)
headers = st.fixed_dictionaries(
    {},
    optional={
        "if-match": st.sampled_from(["1", '"1"', 'W/"9"', "*", "x", ""]),
        "idempotency-key": st.sampled_from(["k", "k2", "", "a b", "x" * 255]),
        "content-type": st.sampled_from(["application/json", "text/html", "", "application/json; charset=ebcdic", ";"]),
        "x-request-id": odd_texts.filter(lambda text: text.isascii() and text.isprintable()),
        "accept": st.sampled_from(["*/*", "text/html", ""]),
    },
)


def fields(kind: Any) -> list[str]:
    """Return the field names of a body or a query."""
    return [field.encode_name for field in msgspec.structs.fields(kind)]


@st.composite
def bodies(draw: st.DrawFn, endpoint: Endpoint, sensible: dict[str, Any]) -> bytes:
    """Return a body with valid names and arbitrary values, or none."""
    if not endpoint.takes_body or draw(st.integers(0, 9)) == 0:
        return draw(raw_bodies)
    content = {name: sensible.get(name, "x") for name in fields(endpoint.body) if draw(st.booleans())}
    for name in draw(st.lists(st.sampled_from([*fields(endpoint.body), "more"]), max_size=3)):
        content[name] = draw(odd)
    return json.dumps(content).encode()


@st.composite
def addresses(draw: st.DrawFn, endpoint: Endpoint, sensible: dict[str, Any]) -> str:
    """Return the path with arbitrary ids and query parameters."""
    path = endpoint.path
    for name in [part[1:-1] for part in path.split("/") if part.startswith("{")]:
        value = draw(st.one_of(st.just(str(sensible.get(name, "x"))), odd_texts.filter(bool)))
        path = path.replace(f"{{{name}}}", quote(value, safe="") or "x")
    parts = [
        f"{quote(name)}={quote(draw(odd_texts))}"
        for name in draw(st.lists(st.sampled_from([*fields(endpoint.query), "more"]), max_size=4))
    ]
    return path + ("?" + "&".join(parts) if parts else "")


@pytest.fixture
def almighty(world: World) -> Person:
    """A person with every permission who is on duty."""
    return on_duty(world.person("SYSTEM_ADMIN"))


@pytest.fixture
def sensible(almighty: Person) -> dict[str, Any]:
    """Return valid values, so that some requests pass the validation."""
    place = dict.fromkeys(("latitude", "longitude", "pickup_lat", "pickup_lng", "dropoff_lat", "dropoff_lng"), 4.5)
    token = f"demo.{almighty.session_id}.{'s' * 43}"
    named = {"order_id": order(almighty)["id"], "courier_id": almighty.user_id, "available": True, "limit": 5}
    return {**place, **named, "refresh_token": token, "refreshToken": token}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=NAMES)
@given(data=st.data())
@FEW
def test_no_request_causes_a_crash(
    world: World, almighty: Person, sensible: dict[str, Any], endpoint: Endpoint, data: st.DataObject
) -> None:
    answer = world.call(
        endpoint.method,
        data.draw(addresses(endpoint, sensible), "address"),
        token=almighty.token if data.draw(st.integers(0, 9), "nobody") else None,
        raw=data.draw(bodies(endpoint, sensible), "body"),
        headers=data.draw(headers, "headers"),
    )
    assert answer.status < 500, answer
    assert answer.headers["X-Request-Id"]
    if answer.status >= 400:
        assert answer.json["success"] is False
        assert answer.json["error"]["message"]
    if answer.status == 422 and answer.code == "VALIDATION_ERROR":
        assert answer.fields

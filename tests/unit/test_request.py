"""What a route function receives: the caller, the version in If-Match, and the decoded input."""

import pytest

from chalicelib.core.actor import Actor
from chalicelib.core.errors import AccessDenied, ValidationFailed
from chalicelib.edge.request import ClientInfo, Empty, Request, created, parse_if_match

ACTOR = Actor("demo", "u1", permissions={"dispatch.order.read": "own"})


def request(actor: Actor | None = ACTOR) -> Request[str, str]:
    """Return a request with no declared resource."""
    return Request(ClientInfo("r1", lambda: "::1"), {}, "body", "query", signed_in=actor)


@pytest.mark.parametrize(
    ("header", "version"),
    [("3", 3), ('"3"', 3), ('W/"3"', 3), (' "12" ', 12), ('"007"', 7), ("0", 0), ("9" * 18, int("9" * 18))],
)
def test_if_match_accepts_every_form_of_a_version(header: str, version: int) -> None:
    assert parse_if_match(header) == version


def test_a_missing_if_match_is_none() -> None:
    assert parse_if_match(None) is None


@pytest.mark.parametrize(
    "header",
    ["", "*", "-1", "1.0", "abc", "W/3", 'w/"3"', '"3', '3"', '"1", "2"', "'3'", "0x3", "9" * 19, "٣", "1\n2", "1_0"],
)
def test_a_malformed_if_match_is_422(header: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        parse_if_match(header)
    assert set(caught.value.fields) == {"If-Match"}


def test_the_caller_is_the_actor() -> None:
    assert request().actor is ACTOR


def test_a_public_endpoint_has_no_actor() -> None:
    with pytest.raises(RuntimeError, match="no actor"):
        _ = request(actor=None).actor


def test_a_permission_gives_its_scope_or_is_missing_by_name() -> None:
    assert ACTOR.require("dispatch.order.read") == "own"
    assert ACTOR.scope("dispatch.order.create") is None
    with pytest.raises(AccessDenied) as caught:
        ACTOR.require("dispatch.order.create")
    assert caught.value.details == {"permission": "dispatch.order.create"}


def test_responses_have_their_status() -> None:
    made = created({"id": 1}, version=1)
    assert (made.status, made.version) == (201, 1)
    assert Empty() == Empty()

"""What a handler is given: the caller, the version they name, and input that is only judged when it is asked for."""

from typing import Any

import pytest

from chalicelib.core.errors import AccessDenied, BatonError, PreconditionRequired, ValidationFailed, VersionConflict
from chalicelib.core.work import Actor
from chalicelib.edge.request import Caller, Nothing, Principal, Request, created, no_content, parse_if_match
from tests.builders.shelves import shelf

PRINCIPAL = Principal("demo", "u1", "courier", "s1", {"dispatch.order.read": "own"})


def request(if_match: int | None = None, principal: Principal | None = PRINCIPAL, **known: Any) -> Request[str, str]:
    """A request that says nothing else."""
    header = None if if_match is None else str(if_match)
    return Request(Caller("r1", lambda: "::1"), {}, header, principal, known.get("decode", lambda: ("body", "query")))


@pytest.mark.parametrize(
    ("header", "version"),
    [("3", 3), ('"3"', 3), ('W/"3"', 3), (' "12" ', 12), ('"007"', 7), ("0", 0), ("9" * 18, int("9" * 18))],
)
def test_if_match_takes_a_version_in_every_usual_form(header: str, version: int) -> None:
    assert parse_if_match(header) == version


def test_without_if_match_no_version_is_named() -> None:
    assert parse_if_match(None) is None


@pytest.mark.parametrize(
    "header",
    ["", "*", "-1", "1.0", "abc", "W/3", 'w/"3"', '"3', '3"', '"1", "2"', "'3'", "0x3", "9" * 19, "٣", "1\n2", "1_0"],
)
def test_any_other_if_match_is_a_bad_field(header: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        parse_if_match(header)
    assert set(caught.value.fields) == {"If-Match"}


@pytest.mark.parametrize(
    ("named", "required", "error"),
    [
        (None, False, None),
        (None, True, PreconditionRequired),
        (5, False, None),
        (5, True, None),
        (4, False, VersionConflict),
        (6, True, VersionConflict),
        (0, False, VersionConflict),
    ],
)
def test_the_named_version_is_held_against_what_was_read(
    named: int | None, required: bool, error: type[BatonError] | None
) -> None:
    try:
        request(named).check_version(shelf(version=5), required=required)
        raised = None
    except BatonError as caught:
        raised = type(caught)
    assert raised is error


def test_a_stale_version_is_told_the_current_one() -> None:
    with pytest.raises(VersionConflict) as caught:
        request(4).check_version(shelf(version=5))
    assert caught.value.details == {"version": 5}


def test_input_is_judged_once_and_only_when_it_is_asked_for() -> None:
    judged: list[int] = []

    def decode() -> tuple[str, str]:
        judged.append(1)
        return "body", "query"

    asked = request(decode=decode)
    asked.check_version(shelf())
    assert judged == []
    assert (asked.body, asked.query, asked.body) == ("body", "query", "body")
    assert judged == [1]


def test_bad_input_is_refused_again_and_again() -> None:
    def decode() -> tuple[str, str]:
        raise ValidationFailed({"name": "is required"})

    asked = request(decode=decode)
    for _ in range(2):
        with pytest.raises(ValidationFailed):
            _ = asked.body


def test_the_caller_is_the_actor() -> None:
    assert request().actor == Actor("demo", "u1", "r1")


def test_a_public_endpoint_has_no_principal_to_ask() -> None:
    with pytest.raises(RuntimeError, match="no principal"):
        _ = request(principal=None).principal


def test_a_permission_gives_its_scope_or_is_missing_by_name() -> None:
    assert PRINCIPAL.require("dispatch.order.read") == "own"
    assert PRINCIPAL.scope("dispatch.order.create") is None
    with pytest.raises(AccessDenied) as caught:
        PRINCIPAL.require("dispatch.order.create")
    assert caught.value.details == {"permission": "dispatch.order.create"}


def test_answers_have_their_status() -> None:
    made = created({"id": 1}, version=1)
    assert (made.status, made.version) == (201, 1)
    assert (no_content().status, no_content().body) == (204, None)
    assert Nothing() == Nothing()

"""The messages of validation errors."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

import pytest
from msgspec import Meta, Struct, ValidationError, convert

from chalicelib.edge.error_messages import error_message
from chalicelib.edge.types import EntityId, Moment, Text500
from chalicelib.edge.validation import validation_errors
from tests.unit.validation_samples import Bike, Level, Size, Van, refused


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (None, str, "must not be null"),
        (1, str, "must be text"),
        (1.5, int, "must be a whole number"),
        ("x", float, "must be a number"),
        (1, bool, "must be true or false"),
        (1, list[int], "must be a list"),
        (1, dict[str, int], "must be an object"),
        (1, Text500 | None, "must be text"),
        (" ", Text500 | None, "must not be empty"),
        ([], int | str | None, "must be a whole number or text"),
        ([], int | float | None, "must be a whole number or a number"),
        ("x", UUID, "must be a UUID"),
        (1, UUID, "must be a UUID"),
        ("x", date, "must be a date such as 2026-01-31"),
        ("x", time, "must be a time such as 09:30:00"),
        ("x", timedelta, "must be a duration such as PT15M"),
        ("x", datetime, "must be a date-time such as 2026-01-31T09:30:00Z"),
        ("2026-01-31T09:30:00Z", Annotated[datetime, Meta(tz=False)], "must not have a time zone"),
        ("!", bytes, "must be Base64 text"),
        ("eHg=", Annotated[bytes, Meta(max_length=1)], "must be at most 1 byte"),
        ("M", Size, "must be one of S, L"),
        (3, Size | None, "must be one of S, L"),
        (3, Level, "must be one of 1, 2"),
        ("z", Literal["a", "b"], "must be one of a, b"),
        (None, Literal["a", "b"], "must not be null"),
        ("a", Annotated[str, Meta(min_length=2)], "must be at least 2 characters"),
        ([], Annotated[list[int], Meta(min_length=1)], "must not be empty"),
        ([1, 2], Annotated[list[int], Meta(max_length=1)], "must have at most 1 entry"),
        ({}, Annotated[dict[str, int], Meta(min_length=2)], "must have at least 2 entries"),
        ([1], tuple[int, int], "must have exactly 2 entries"),
        (0.5, Annotated[float, Meta(gt=0.5)], "must be more than 0.5"),
        (0.5, Annotated[float, Meta(lt=0.5)], "must be less than 0.5"),
        (5, Annotated[int, Meta(multiple_of=2)], "must be a multiple of 2"),
        ("x", Annotated[str, Meta(pattern="^y$")], "does not have the expected form"),
        (10**400, float, "is out of range"),
    ],
)
def test_a_wrong_value_has_a_readable_message(value: object, kind: object, expected: str) -> None:
    assert validation_errors({"it": value}, dict[str, kind]) == {"it": expected}  # type: ignore[valid-type]


def test_a_long_list_of_choices_is_cut() -> None:
    many = Literal[tuple(f"n{number}" for number in range(30))]  # type: ignore[valid-type]
    text = validation_errors("x", many)["body"]
    assert text.endswith("n18, n19 and others")


def test_an_unknown_message_stays_readable() -> None:
    assert error_message("Expected `foo` of some new kind", str) == "expected foo of some new kind"
    assert error_message("", str) == "is not valid"
    assert len(error_message("x" * 5000, str)) == 200


def test_messages_never_repeat_what_was_sent() -> None:
    secret = "hunter2 - at `$.x`"
    for kind in (int, Size, UUID, Decimal, Moment, EntityId, Van | Bike, Literal["a"]):
        for value in (secret, {"kind": secret}, [secret]):
            for path, text in validation_errors(value, kind).items():
                assert "hunter2" not in path + text


def test_an_error_of_post_init_is_reported() -> None:
    class Even(Struct):
        number: int

        def __post_init__(self) -> None:
            if self.number % 2:
                raise ValueError("Must be even")

    assert refused(b'[{"number": 1}, {"number": 2}]', list[Even]) == {"0": "must be even"}
    with pytest.raises(ValidationError):
        convert({"number": 1}, Even)

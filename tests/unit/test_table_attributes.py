"""What is stored is exactly what was meant: numbers, moments, expiry, and keys that nobody can forge."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pynamodb.attributes import UnicodeAttribute

from chalicelib.core.clock import to_millis
from chalicelib.core.settings import settings
from chalicelib.core.table import (
    DecimalAttribute,
    ExpiryAttribute,
    FloatAttribute,
    IntAttribute,
    Item,
    MomentAttribute,
    TableName,
    expired,
    key,
    optional,
    parts_of,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
moments = st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(9999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
texts = st.text(alphabet=st.sampled_from("ab#%25\n3é"), max_size=6)


class Sample(Item):
    """One of each."""

    class Meta:
        table_name = TableName("samples")

    amount = optional(DecimalAttribute())
    whole = optional(IntAttribute())
    degrees = optional(FloatAttribute())
    at = optional(MomentAttribute())
    expires_at = optional(ExpiryAttribute())
    note = optional(UnicodeAttribute())


def stored(**values: Any) -> dict[str, Any]:
    """The item as the store gets it, without its keys."""
    raw = Sample("p", "s", **values).serialize()
    return {name: value for name, value in raw.items() if name not in ("pk", "sk")}


def read_back(**values: Any) -> Sample:
    """The item after it has been stored and read."""
    return Sample.from_raw_data(Sample("p", "s", **values).serialize())


# --- exact numbers ---------------------------------------------------------------------------------------------


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20))
def test_a_decimal_comes_back_exactly(amount: Decimal) -> None:
    back = read_back(amount=amount).amount
    assert back == amount
    assert isinstance(back, Decimal)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("1.10", "1.10"),
        ("1E+3", "1000"),
        ("1E-6", "0.000001"),
        ("-0.5", "-0.5"),
        ("9" * 38, "9" * 38),
        ("0." + "1" * 38, "0." + "1" * 38),
    ],
)
def test_a_decimal_is_stored_without_an_exponent(amount: str, text: str) -> None:
    assert stored(amount=Decimal(amount)) == {"amount": {"N": text}}


@pytest.mark.parametrize("amount", [Decimal("9" * 39), Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"), 1.5, "1"])
def test_what_the_store_could_not_hold_exactly_is_refused(amount: object) -> None:
    with pytest.raises(ValueError, match="amount must be a finite Decimal of at most 38 digits"):
        stored(amount=amount)


@pytest.mark.parametrize("amount", ["1E+126", "-1E+126", "1E-131", "12E+125"])
def test_a_decimal_beyond_the_range_of_the_store_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="from 1E-130 to"):
        stored(amount=Decimal(amount))


@pytest.mark.parametrize("amount", ["1E+125", "-9E-130", "0E+200", "0.00"])
def test_a_decimal_at_the_edge_of_the_range_is_exact(amount: str) -> None:
    assert read_back(amount=Decimal(amount)).amount == Decimal(amount)


@given(st.integers(min_value=-(10**37), max_value=10**37))
def test_a_whole_number_comes_back_as_one(whole: int) -> None:
    back = read_back(whole=whole).whole
    assert (back, type(back)) == (whole, int)


@given(st.floats(min_value=-180, max_value=180))
def test_a_coordinate_comes_back_as_the_same_float(degrees: float) -> None:
    back = read_back(degrees=degrees).degrees
    assert (back, type(back)) == (degrees, float)


# --- moments ---------------------------------------------------------------------------------------------------


@given(moments)
def test_a_moment_is_kept_to_the_millisecond(moment: datetime) -> None:
    assert stored(at=moment) == {"at": {"N": str(to_millis(moment))}}
    assert read_back(at=moment).at == moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@given(moments)
def test_nothing_expires_early_and_at_most_a_second_late(moment: datetime) -> None:
    back = read_back(expires_at=moment).expires_at
    assert back is not None
    cut = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert cut <= back < cut + timedelta(seconds=1)
    assert back.microsecond == 0


def test_an_expiry_is_stored_in_whole_seconds() -> None:
    assert stored(expires_at=NOON) == {"expires_at": {"N": "1772366400"}}
    assert stored(expires_at=NOON + timedelta(milliseconds=1)) == {"expires_at": {"N": "1772366401"}}


def test_something_is_over_from_the_very_moment_of_its_expiry() -> None:
    assert not expired(NOON, NOON - timedelta(milliseconds=1))
    assert expired(NOON, NOON)
    assert not expired(None, NOON)


# --- keys ------------------------------------------------------------------------------------------------------


@given(st.lists(texts, min_size=1, max_size=4), st.lists(texts, min_size=1, max_size=4))
def test_different_parts_never_give_the_same_key(one: list[str], other: list[str]) -> None:
    assert (key(*one) == key(*other)) == (one == other)


@given(texts, texts)
def test_no_part_reaches_into_the_next(org_id: str, rest: str) -> None:
    assert key(org_id, "ORDER", rest).startswith(key(org_id) + "#ORDER#")
    assert key(org_id, "ORDER", rest).count("#") == 2


def test_a_key_reads_as_its_parts() -> None:
    assert key("acme", "ORDER", 7) == "acme#ORDER#7"


@given(st.lists(texts, min_size=1, max_size=4))
def test_a_key_can_be_taken_apart_again(parts: list[str]) -> None:
    assert parts_of(key(*parts)) == parts


def test_what_is_absent_is_not_stored() -> None:
    assert stored(note=None) == {}


def test_a_table_is_named_after_the_stage() -> None:
    assert Sample.Meta.table_name == settings().table_name("samples")
    assert Sample.table().table_name == settings().table_name("samples")


def test_models_share_one_connection() -> None:
    assert Sample.table() is Sample.table()

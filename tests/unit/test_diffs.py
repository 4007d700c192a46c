"""Long diffs of audit rows are stored in a short form, and read as they were written."""

import json
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.audit.diffs import DiffAttribute
from tests.environment import examples

DIFF = DiffAttribute()


@given(st.text(max_size=2000), st.integers(1, 3))
@settings(max_examples=examples(200))
def test_every_diff_is_read_as_it_was_written(text: str, times: int) -> None:
    diff = json.dumps({"notes": [None, text * times]}, ensure_ascii=False).encode(errors="replace").decode()
    assert DIFF.deserialize(DIFF.serialize(diff)) == diff


def test_a_short_diff_is_stored_as_json() -> None:
    assert DIFF.serialize('{"status":["assigned","accepted"]}') == '{"status":["assigned","accepted"]}'


def test_a_long_diff_takes_less_than_half_of_its_bytes() -> None:
    ids = {f"courier/{UUID(int=number)}.order_id": [None, str(UUID(int=number))] for number in range(20)}
    diff = json.dumps(ids)
    assert len(DIFF.serialize(diff)) < len(diff) / 2


def test_a_row_of_an_earlier_version_is_read() -> None:
    diff = json.dumps({"notes": [None, "x" * 600]})
    assert DIFF.deserialize(diff) == diff


def test_a_row_that_was_compressed_stays_readable() -> None:
    """The dictionary is a part of the stored form: it does not change under the same mark."""
    stored = "1:q4aHlwJERgE5xBQwXA1XBXK3kYGCqampgoGhgSFYMXr4whW7JOYqQJRAvQmXqRgFIxooxdYCAA=="
    assert json.loads(DIFF.deserialize(stored)) == {
        "status": [None, "assigned"],
        "receiver_phone": [None, "+31 20 555 0101"],
        "pickup_address": [None, "Dam 1"],
        "notes": [None, "x" * 512],
    }

"""The fields of a body that name the organisation are taken out, and nothing else changes."""

import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.edge.organisation import NAMES, split_body


class Plain(msgspec.Struct):
    """A body that does not declare the organisation."""


class Declared(msgspec.Struct):
    """A body that declares it."""

    company_id: str | None = None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
BODIES = st.dictionaries(st.sampled_from((*NAMES, "name", "items")) | st.text(), VALUES, max_size=6)


@given(BODIES)
def test_only_the_named_fields_are_taken_out(body: dict[str, Any]) -> None:
    raw, sent = split_body(json.dumps(body).encode(), Plain)
    assert json.loads(raw) == {name: value for name, value in body.items() if name not in NAMES}
    assert sent == {name: body[name] for name in NAMES if name in body}


@given(BODIES)
def test_a_declared_field_stays_in_the_body(body: dict[str, Any]) -> None:
    raw, sent = split_body(json.dumps(body).encode(), Declared)
    assert ("company_id" in json.loads(raw)) is ("company_id" in body)
    assert "company_id" not in sent


@given(st.binary())
def test_a_body_that_cannot_be_read_stays_as_it_is(raw: bytes) -> None:
    broken = b'{"org_id": ' + raw + b"\x00"
    assert split_body(broken, Plain) == (broken, {})


def test_numbers_keep_their_digits() -> None:
    raw, _ = split_body(b'{"org_id": "demo", "price": 1.10, "big": 12345678901234567890123, "exact": 1e-30}', Plain)
    assert raw == b'{"price":1.10,"big":12345678901234567890123,"exact":1e-30}'

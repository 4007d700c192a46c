"""Texts that are stored packed."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.packed_text import pack, unpack


@given(st.lists(st.text()).map(lambda texts: msgspec.json.encode(texts).decode()))
def test_text_is_the_same_after_packing(text: str) -> None:
    assert unpack(pack(text)) == text


def test_long_text_becomes_shorter_and_short_text_stays() -> None:
    long, short = "[" + ", ".join(["12345"] * 100) + "]", "[12345]"
    assert len(pack(long)) < len(long) / 5
    assert pack(short) == short


def test_text_that_was_stored_unpacked_is_read() -> None:
    assert unpack("[1, 2]") == "[1, 2]"


@pytest.mark.parametrize("damaged", ["z:", "z:nonsense", "z:é", "z:AAAA"])
def test_damaged_text_is_refused(damaged: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        unpack(damaged)

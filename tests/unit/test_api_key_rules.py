"""The text of API keys."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.identity.apikeys.rules import PREFIX, KeyParts, is_api_key, parse_key

IDS = st.from_regex(r"[A-Za-z0-9-]{1,64}", fullmatch=True)
NAMES = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
SECRETS = st.from_regex(r"[A-Za-z0-9_-]{43}", fullmatch=True)
KEYS = st.builds(KeyParts, NAMES, IDS, NAMES, SECRETS)


@given(KEYS)
def test_a_key_is_read_as_it_was_made(key: KeyParts) -> None:
    assert is_api_key(key.text)
    assert parse_key(key.text) == key


@given(KEYS, KEYS)
def test_two_keys_have_one_hash_only_if_they_are_the_same(one: KeyParts, other: KeyParts) -> None:
    assert (one.hash == other.hash) is (one == other)


@given(st.text())
def test_any_other_text_is_no_key(text: str) -> None:
    assert parse_key(text) is None
    assert parse_key(PREFIX + text) is None


def test_a_printed_key_does_not_show_its_secret() -> None:
    assert "s3cret" not in repr(KeyParts("demo", "id", "QA", "s3cret" * 8))

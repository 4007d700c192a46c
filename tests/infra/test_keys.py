"""Rotation of the token keys: tokens stay valid, and no key is deleted that is in use."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.core.settings import Secret, Settings
from chalicelib.identity.sessions.tokens import AccessTokens, Claims, KeyDocument
from infra import keys, proofs
from infra.keys import StepRefused
from tests.builders.time import ManualClock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CLAIMS = Claims("demo", "u-1", "courier", "s-1")


def later(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def tokens(document: KeyDocument) -> AccessTokens:
    import msgspec

    return AccessTokens(Settings(token_keys=Secret(msgspec.json.encode(document).decode())), ManualClock())


@contextmanager
def refused(with_hint: str) -> Iterator[None]:
    with pytest.raises(StepRefused, match=with_hint):
        yield


def test_rotation_keeps_tokens_valid() -> None:
    first = keys.init(None, NOON)
    token = tokens(first).sign(CLAIMS)
    added = keys.add(first, later(1))
    assert tokens(added).verify(token) == CLAIMS
    used = keys.use(added, later(2))
    assert tokens(used).verify(token) == CLAIMS
    assert tokens(added).verify(tokens(used).sign(CLAIMS)) == CLAIMS  # by a function that has not read again yet


def test_old_key_is_invalid_after_a_rotation() -> None:
    first = keys.init(None, NOON)
    token = tokens(first).sign(CLAIMS)
    last = keys.retire(keys.use(keys.add(first, later(1)), later(2)), later(90))
    assert set(last.keys) == {last.current}
    with pytest.raises(Exception, match="Invalid credentials"):
        tokens(last).verify(token)


def test_the_proofs_beside_the_keys_are_left_as_they_are() -> None:
    first = proofs.add(keys.add(keys.init(None, NOON), later(1)), later(2))
    assert keys.use(first, later(3)).proofs == keys.retire(keys.use(first, later(3)), later(90)).proofs == first.proofs
    assert keys.add(keys.use(first, later(3)), later(4)).proofs == first.proofs


def test_keys_are_long_and_never_the_same() -> None:
    first, second = keys.init(None, NOON), keys.init(None, NOON)
    assert len(first.keys[first.current].encode()) >= 48
    assert first.keys != second.keys


def test_steps_out_of_order_are_refused_with_what_to_do() -> None:
    first = keys.init(None, NOON)
    added = keys.add(first, later(1))
    with refused("`add` begins"):
        keys.init(first, NOON)
    with refused("`init` creates"):
        keys.add(None, NOON)
    with refused("`use` it first"):
        keys.add(added, later(2))
    with refused("`use` it first"):
        keys.retire(added, later(2))
    with refused("`add` another"):
        keys.use(first, later(1))
    with refused("one key only"):
        keys.retire(first, later(1))


def test_report_contains_names_and_no_keys() -> None:
    added = keys.add(keys.init(None, NOON), later(1))
    assert keys.report(added) == "20260301T120000Z  signs\n20260301T120100Z  verifies"
    assert not any(secret in keys.report(added) for secret in added.keys.values())

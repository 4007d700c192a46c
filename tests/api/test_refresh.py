"""Refresh tokens after lost answers, in two tabs, after theft, and at the end of a session's life."""

import json
from typing import Any

import msgspec
import pytest

from chalicelib.core.settings import Secret, settings
from tests.builders.signing_in import anna, may_call, refresh, signed_in
from tests.builders.world import Answer, World

PARENT, GRANDPARENT, OLDEST = 1, 2, 3


def chain(world: World, refreshes: int) -> list[str]:
    """Sign in and refresh; return all refresh tokens, the newest first."""
    tokens = [signed_in(world)["refreshToken"]]
    for _ in range(refreshes):
        world.clock.advance(minutes=30)
        tokens.insert(0, renewed(world, tokens[0]))
    return tokens


def renewed(world: World, token: str) -> str:
    answer = refresh(world, token)
    assert answer.status == 200, answer.text
    return str(answer.json["refreshToken"])


def is_alive(world: World, token: str) -> bool:
    return refresh(world, token).status == 200


@pytest.mark.parametrize("days", [0, 1, 29])
def test_parent_gets_the_newest_token_again_while_that_is_unused(world: World, days: int) -> None:
    anna(world)
    newest, parent = chain(world, 1)
    world.clock.advance(days=days)
    assert [renewed(world, parent) for _ in range(3)] == [newest] * 3
    successor = renewed(world, newest)
    assert successor not in (newest, parent)
    assert renewed(world, newest) == successor


def test_repeated_answer_has_a_valid_access_token_and_changes_nothing_stored(world: World) -> None:
    anna(world)
    _, parent = chain(world, 1)
    answer = refresh(world, parent)
    assert may_call(world, answer.json["accessToken"])
    rows = [row for row in world.audit() if row.action_type == "SESSION_REFRESHED"]
    assert [row.payload_diff == "{}" for row in rows] == [False, True]


def test_two_tabs_get_the_newest_token_for_thirty_seconds(world: World) -> None:
    anna(world)
    tokens = chain(world, 2)
    world.clock.advance(milliseconds=29_999)
    assert renewed(world, tokens[GRANDPARENT]) == tokens[0]
    assert is_alive(world, tokens[0])


def test_grandparent_ends_session_after_thirty_seconds(world: World) -> None:
    anna(world)
    tokens = chain(world, 2)
    world.clock.advance(seconds=30)
    assert refresh(world, tokens[GRANDPARENT]).code == "AUTH_INVALID"
    assert not is_alive(world, tokens[0])


def test_older_token_ends_session_at_once(world: World) -> None:
    anna(world)
    tokens = chain(world, 3)
    assert refresh(world, tokens[OLDEST]).code == "AUTH_INVALID"
    assert not is_alive(world, tokens[0])


def test_old_token_is_recognised_weeks_later(world: World) -> None:
    anna(world)
    oldest = newest = signed_in(world)["refreshToken"]
    for _ in range(80):
        world.clock.advance(days=1)
        newest = renewed(world, newest)
    assert refresh(world, oldest).code == "AUTH_INVALID"
    assert not is_alive(world, newest)


def test_token_that_was_never_issued_ends_nothing(world: World) -> None:
    anna(world)
    newest, parent = chain(world, 1)
    for token in (newest, parent):
        assert refresh(world, token.rpartition(".")[0] + "." + "s" * 43).code == "AUTH_INVALID"
    assert is_alive(world, newest)


def test_tokens_of_the_earlier_form_are_invalid(world: World) -> None:
    anna(world)
    org_id, _, session_id, secret = signed_in(world)["refreshToken"].split(".")
    assert refresh(world, f"{org_id}.{session_id}.{secret}").code == "AUTH_INVALID"


def test_removed_key_makes_the_repeated_answer_impossible_and_ends_nothing(world: World) -> None:
    anna(world)
    newest, parent = chain(world, 1)
    use_keys(world, "new", {"new": "n" * 40})
    assert refresh(world, parent).code == "AUTH_INVALID"
    successor = renewed(world, newest)
    assert renewed(world, newest) == successor


def test_token_derived_with_an_older_key_of_the_ring_is_repeated(world: World) -> None:
    anna(world)
    parent = signed_in(world)["refreshToken"]
    use_keys(world, "old", {"old": "o" * 40})
    newest = renewed(world, parent)
    use_keys(world, "new", {"old": "o" * 40, "new": "n" * 40})
    assert renewed(world, parent) == newest
    last = renewed(world, newest)
    assert (renewed(world, parent), renewed(world, newest)) == (last, last)


def use_keys(world: World, current: str, keys: dict[str, str]) -> None:
    """Compose the application with these signing keys."""
    document = json.dumps({"current": current, "keys": keys})
    world.reset_parts(with_settings(token_keys=Secret(document)))


def with_settings(**values: Any) -> Any:
    return msgspec.structs.replace(settings(), **values)


def test_session_ends_after_ninety_days_however_often_it_is_refreshed(world: World) -> None:
    anna(world)
    token = signed_in(world)["refreshToken"]
    for _ in range(89):
        world.clock.advance(days=1)
        token = renewed(world, token)
    world.clock.advance(hours=23, minutes=30)
    answer = refresh(world, token)
    assert answer.json["expiresIn"] == 30 * 60
    world.clock.advance(minutes=29, seconds=59)
    assert may_call(world, answer.json["accessToken"])
    world.clock.advance(seconds=1)
    assert not may_call(world, answer.json["accessToken"])
    assert refresh(world, answer.json["refreshToken"]).code == "AUTH_EXPIRED"


def test_access_token_of_a_short_session_expires_with_it(world: World) -> None:
    anna(world)
    world.reset_parts(with_settings(session_max_s=600))
    answer: Answer = refresh(world, signed_in(world)["refreshToken"])
    assert answer.json["expiresIn"] == 600
    world.clock.advance(seconds=600)
    assert not may_call(world, answer.json["accessToken"])

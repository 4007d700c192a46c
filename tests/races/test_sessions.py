"""Concurrent refreshes of one session."""

from functools import partial

from chalicelib.identity.accounts.passwords import hash_password
from tests.builders.world import World
from tests.races.crowd import at_once

PASSWORD = "correct horse battery"


def test_eight_concurrent_refreshes_have_one_success_and_end_session(arena: World) -> None:
    arena.person("courier", username="somebody", password_hash=hash_password(PASSWORD))
    for _ in range(3):
        login = arena.call("POST", "/v1/auth/login", {"username": "somebody", "password": PASSWORD})
        refresh = partial(arena.call, "POST", "/v1/auth/refresh", {"refreshToken": login.json["refreshToken"]})
        answers = at_once([refresh] * 8)
        assert sorted(answer.status for answer in answers) == [200] + [401] * 7
        [winner] = [answer.json for answer in answers if answer.status == 200]
        again = arena.call("POST", "/v1/auth/refresh", {"refreshToken": winner["refreshToken"]})
        assert again.status == 401
        for token in (login.json["accessToken"], winner["accessToken"]):
            assert arena.call("GET", "/v1/courier/active-order", token=token).code == "AUTH_INVALID"
    ended = [row for row in arena.audit() if row.action_type == "SESSION_ENDED"]
    assert len(ended) == 3

"""The endpoints of notifications, for a user with a hundred of them, a dozen unread."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from tests.benchmarks.stage import Hit, Stage
from tests.builders import notices
from tests.builders.world import Person

SITUATION = "notices"
PAST, UNREAD = 100, 12


@cache
def _technician(stage: Stage) -> tuple[Person, str]:
    """Return a technician with a socket and a device, and the id of an unread notification."""
    tech = stage.world.person("TECH")
    tech.socket("staff")
    tech.post("/v1/devices/register", {"platform": "ios", "fcmToken": "t"})
    notices.send(stage.world, tech, *(f"notice {number}" for number in range(PAST)))
    tech.post(notices.READ_ALL)
    new = notices.send(stage.world, tech, *(f"new notice {number}" for number in range(UNREAD)))
    return tech, new[0]


def _list(stage: Stage, query: dict[str, str]) -> Hit:
    return Hit("GET", notices.ADDRESS, _technician(stage)[0], query=query)


def _read(stage: Stage) -> Hit:
    tech, notice_id = _technician(stage)
    return Hit("POST", f"{notices.ADDRESS}/{{notice_id}}/read", tech, params={"notice_id": notice_id}, status=204)


def _read_all(stage: Stage) -> Hit:
    return Hit("POST", notices.READ_ALL, _technician(stage)[0], status=204)


NOTICES: dict[str, Callable[[Stage], Hit]] = {
    "GET me/notifications": partial(_list, query={}),
    "GET me/notifications, unread": partial(_list, query={"unread": "true"}),
    "POST me/notifications/{id}/read": _read,
    "POST me/notifications/read-all": _read_all,
}

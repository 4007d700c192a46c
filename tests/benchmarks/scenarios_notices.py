"""The endpoints of notices: of somebody with a past of a hundred, of which a dozen are unread."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from tests.benchmarks.stage import Hit, Stage
from tests.builders import notices
from tests.builders.world import Person

SITUATION = "notices"
PAST, UNREAD = 100, 12


@cache
def _told(stage: Stage) -> tuple[Person, str]:
    """A technician with a socket and a phone, and the id of a notice that they have not read."""
    tech = stage.world.person("TECH")
    tech.socket("staff")
    tech.post("/v1/devices/register", {"platform": "ios", "fcmToken": "t"})
    notices.tell(stage.world, tech, *(f"notice {number}" for number in range(PAST)))
    tech.post(notices.READ_ALL)
    new = notices.tell(stage.world, tech, *(f"new notice {number}" for number in range(UNREAD)))
    return tech, new[0]


def _listed(stage: Stage, query: dict[str, str]) -> Hit:
    return Hit("GET", notices.ADDRESS, _told(stage)[0], query=query)


def _read(stage: Stage) -> Hit:
    tech, notice_id = _told(stage)
    return Hit("POST", f"{notices.ADDRESS}/{{notice_id}}/read", tech, params={"notice_id": notice_id}, status=204)


def _read_all(stage: Stage) -> Hit:
    return Hit("POST", notices.READ_ALL, _told(stage)[0], status=204)


NOTICES: dict[str, Callable[[Stage], Hit]] = {
    "GET me/notifications": partial(_listed, query={}),
    "GET me/notifications, unread": partial(_listed, query={"unread": "true"}),
    "POST me/notifications/{id}/read": _read,
    "POST me/notifications/read-all": _read_all,
}

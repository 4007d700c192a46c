"""What the lists of maintenance share: of which game zones a caller may list something."""

from typing import NamedTuple

from chalicelib.core.actor import Actor


class ZoneReach(NamedTuple):
    """The game zone of a list; None stands for all zones, or for none if `is_empty`."""

    zone: str | None
    is_empty: bool = False


def reach_of_list(actor: Actor, permission: str, zone: str | None = None) -> ZoneReach:
    """Return the reach of a list: the zone that is asked for, else all that the caller's scope covers.

    Raise `AccessDenied` without the permission, and for a game zone outside the caller's scope.
    """
    if actor.require(permission) == "org":
        return ZoneReach(zone)
    zone = zone or actor.game_zone
    if zone is not None:
        actor.require_reach(permission, zone=zone, message="This game zone is outside your scope.")
    return ZoneReach(zone, is_empty=zone is None)

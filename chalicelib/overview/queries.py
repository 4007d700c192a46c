"""The activity of every domain, read at once: each domain decides whether the caller may see it, and reads its own."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import msgspec

from chalicelib.core.activity import Activity
from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.hourly_counts import HourlyValues
from chalicelib.core.parallel import parallel
from chalicelib.dispatch.desk import queries as dispatch
from chalicelib.identity.accounts.tables import Organisation
from chalicelib.maintenance.workorders import queries as maintenance
from chalicelib.manufacturing.assembly import queries as manufacturing
from chalicelib.packing.shipments import queries as packing
from chalicelib.picking.desk import queries as picking


class Overview(msgspec.Struct, frozen=True):
    """The activity of the domains that the caller may see, by their names."""

    hours: HourlyValues
    """Without counts; it has the hours that all domains count by."""
    domains: Mapping[str, Activity]


def get_overview(actor: Actor, organisation: Organisation | None, clock: Clock) -> Overview:
    """Return the activity of each domain whose list the caller may read, in one round trip."""
    now = clock.now()
    reads: Mapping[str, Callable[[], Activity | None]] = {
        "dispatch": partial(dispatch.find_activity, actor, now),
        "picking": partial(picking.find_activity, actor, now),
        "packing": partial(packing.find_activity, actor, now),
        "maintenance": partial(maintenance.find_activity, actor, organisation, now),
        "manufacturing": partial(manufacturing.find_activity, actor, clock),
    }
    found: Sequence[Activity | None] = parallel(list(reads.values()), "overview")
    domains = {name: activity for name, activity in zip(reads, found, strict=True) if activity is not None}
    return Overview(HourlyValues(now, {}), domains)

"""Technicians of a game zone or of all, with the number of their open work orders.

Technicians are the users of every role that may start a work order, without administrators. So a page takes three round
trips: the caller, the roles beside the open orders, and the users of those roles. An organisation with roles of its own
needs one more.
"""

from collections import Counter
from functools import partial

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.pagination import Page
from chalicelib.core.store import parallel_pair_reads
from chalicelib.identity.accounts.queries import list_active_users
from chalicelib.identity.accounts.tables import User
from chalicelib.identity.roles.queries import read_holders
from chalicelib.maintenance import permissions
from chalicelib.maintenance.queries import reach_of_list
from chalicelib.maintenance.rules import HELD_BY_TECHNICIAN
from chalicelib.maintenance.technicians.schemas import TechnicianQuery
from chalicelib.maintenance.workorders.queries import orders_of
from chalicelib.maintenance.workorders.tables import WorkOrder


class CountedTechnician(msgspec.Struct, frozen=True):
    """A technician and the number of the work orders that they have in their game zone."""

    user: User
    open_orders: int


def list_technicians(actor: Actor, query: TechnicianQuery, clock: Clock) -> Page[CountedTechnician]:
    """Return a page of active technicians. Raise `AccessDenied` for a game zone outside the caller's scope."""
    org_id, reach = actor.org_id, reach_of_list(actor, permissions.READ_TECHNICIANS, query.zone)
    if reach.is_empty:
        return Page((), None)
    [roles], [counts] = parallel_pair_reads(
        [partial(read_holders, org_id, permissions.START, clock)], [partial(_count_orders, org_id, reach.zone)]
    )
    page = list_active_users(org_id, [role.code for role in roles], reach.zone, query.limit, query.cursor)
    counted = [CountedTechnician(user, counts[user.user_id, user.game_zone or ""]) for user in page.items]
    return Page(counted, page.next_cursor)


def _count_orders(org_id: str, zone: str | None) -> Counter[tuple[str, str]]:
    """Return the number of orders that technicians of a game zone, or of all, have; by technician and zone."""
    held = WorkOrder.state.is_in(*sorted(state.value for state in HELD_BY_TECHNICIAN))
    orders = msgspec.structs.replace(orders_of(org_id, zone), filter_condition=held)
    return Counter((raw["technician_id"]["S"], raw["game_zone"]["S"]) for raw in orders.raw_items())

"""Technicians of a game zone or of all, with the number of their open work orders.

Technicians are the users of every role that may start a work order, without administrators. So a page takes four round
trips: the caller, the roles, the users of those roles, and a count in the index of each one's orders. An organisation
with roles of its own needs one more.
"""

from functools import partial

import msgspec

from chalicelib.core.activity import MAX_COUNTED
from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.pagination import Page
from chalicelib.core.store import Query, parallel_reads
from chalicelib.identity.accounts.queries import list_active_users
from chalicelib.identity.accounts.tables import User
from chalicelib.identity.roles.queries import read_holders
from chalicelib.maintenance import permissions
from chalicelib.maintenance.queries import reach_of_list
from chalicelib.maintenance.rules import HELD_BY_TECHNICIAN
from chalicelib.maintenance.technicians.schemas import TechnicianQuery
from chalicelib.maintenance.workorders.tables import WorkOrder, mine_key


class CountedTechnician(msgspec.Struct, frozen=True):
    """A technician and the number of the work orders that they have, up to a limit."""

    user: User
    open_orders: int


def list_technicians(actor: Actor, query: TechnicianQuery, clock: Clock) -> Page[CountedTechnician]:
    """Return a page of active technicians. Raise `AccessDenied` for a game zone outside the caller's scope."""
    reach = reach_of_list(actor, permissions.READ_TECHNICIANS, query.zone)
    if reach.is_empty:
        return Page((), None)
    roles = [role.code for role in read_holders(actor.org_id, permissions.START, clock)]
    page = list_active_users(actor.org_id, roles, reach.zone, query.limit, query.cursor)
    counts = parallel_reads([partial(_orders_of(user).count, MAX_COUNTED) for user in page.items])
    return Page([*map(CountedTechnician, page.items, counts)], page.next_cursor)


def _orders_of(user: User) -> Query[WorkOrder]:
    """Return the query of the orders that a technician has in their game zone."""
    return Query(
        WorkOrder,
        mine_key(user.org_id, user.user_id, user.game_zone or ""),
        WorkOrder.mine_open.Meta.index_name,
        filter_condition=WorkOrder.state.is_in(*sorted(state.value for state in HELD_BY_TECHNICIAN)),
    )

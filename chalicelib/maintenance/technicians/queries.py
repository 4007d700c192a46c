"""Technicians of a game zone or of all, with their stored counts of open work orders.

Technicians are the users of every role that may start a work order, without administrators. So a page takes four round
trips: the caller, the roles, the users of those roles, their counts. An organisation with roles of its own needs one
more.
"""

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.pagination import Page
from chalicelib.core.store import get_many
from chalicelib.identity.accounts.queries import list_active_users
from chalicelib.identity.accounts.tables import User
from chalicelib.identity.roles.queries import read_holders
from chalicelib.maintenance import permissions
from chalicelib.maintenance.queries import reach_of_list
from chalicelib.maintenance.technicians.schemas import TechnicianQuery
from chalicelib.maintenance.workorders.tables import TechnicianCounts, counts_key


class CountedTechnician(msgspec.Struct, frozen=True):
    """A technician and the number of their work orders by state."""

    user: User
    counts: TechnicianCounts


def list_technicians(actor: Actor, query: TechnicianQuery, clock: Clock) -> Page[CountedTechnician]:
    """Return a page of active technicians. Raise `AccessDenied` for a game zone outside the caller's scope."""
    reach = reach_of_list(actor, permissions.READ_TECHNICIANS, query.zone)
    if reach.is_empty:
        return Page((), None)
    roles = [role.code for role in read_holders(actor.org_id, permissions.START, clock)]
    page = list_active_users(actor.org_id, roles, reach.zone, query.limit, query.cursor)
    keys = {user.user_id: counts_key(actor.org_id, user.user_id, user.game_zone or "") for user in page.items}
    found = get_many(keys.values(), clock)
    counted = [CountedTechnician(user, found.get(keys[user.user_id]) or TechnicianCounts()) for user in page.items]
    return Page(counted, page.next_cursor)

"""Who is notified of a work order, found in the index of users by role and game zone.

The cost does not grow with other users.

    leads        the active users of the order's game zone whose role may assign work orders
    managers     the active users whose role lists the work orders of all zones; they stand in for absent leads
    superiors    whom the leads report to; for a lead without an active superior the managers
    team leads   who assigned the order and the technician's superior, if they can read it; the leads if neither can

Administrators are none of these because of their role alone.
"""

from collections.abc import Iterable, Iterator, Sequence

from chalicelib.core.clock import Clock
from chalicelib.core.store import get, get_many
from chalicelib.identity.accounts.queries import all_active_users
from chalicelib.identity.accounts.tables import ACTIVE, User, user_key
from chalicelib.identity.roles.default_permissions import ADMIN_ROLE
from chalicelib.identity.roles.queries import read_roles
from chalicelib.identity.roles.tables import RolePermissions, role_key
from chalicelib.maintenance import permissions
from chalicelib.maintenance.comments.queries import find_people, is_person
from chalicelib.maintenance.rules import ON_HAND, Reminder, WorkOrderState
from chalicelib.maintenance.workorders.tables import WorkOrder

_PAGE = 100


def find_recipients(order: WorkOrder, notice: Reminder, clock: Clock) -> list[str]:
    """Return the ids of all users whom a notice of an order concerns, sorted."""
    technician = None if notice in (Reminder.ROUTED, Reminder.ESCALATED) else _find_technician(order)
    if technician is None:
        roles = read_roles(order.org_id, clock)
        leads = _find_leads(order, roles)
        return sorted(_find_superiors(order, roles, leads, clock) if notice is Reminder.ESCALATED else leads)
    if notice is Reminder.DUE_SOON:
        return [technician.user_id]
    return sorted({technician.user_id, *find_team_leads(order, technician.reports_to, clock)})


def find_team_leads(order: WorkOrder, reports_to: str | None, clock: Clock) -> list[str]:
    """Return the ids of the team leads of an order whose technician reports to `reports_to`, each once.

    The leads of the game zone stand in if none of them can read the order any more.
    """
    # An API key that assigned the order is no user.
    named = [lead for lead in (order.assigned_by_id, reports_to) if is_person(lead)]
    return list(find_people(order, dict.fromkeys(named), clock)) or sorted(
        _find_leads(order, read_roles(order.org_id, clock))
    )


def can_work_on(order: WorkOrder, user: User | None) -> bool:
    """Return whether a person is an active technician of the order's game zone, who may start work."""
    if user is None or user.status != ACTIVE or user.game_zone != order.game_zone:
        return False
    role = get(role_key(order.org_id, user.role))
    return role is not None and permissions.START in role.permissions


def _find_technician(order: WorkOrder) -> User | None:
    """Return the technician who has an order in hand and can work on it; None if there is none."""
    if order.technician_id is None or WorkOrderState(order.state) not in ON_HAND:
        return None
    technician = get(user_key(order.org_id, order.technician_id))
    return technician if can_work_on(order, technician) else None


def _find_leads(order: WorkOrder, roles: Sequence[RolePermissions]) -> set[str]:
    """Return the leads of the order's game zone; the managers if it has none."""
    may_assign = [role.code for role in roles if permissions.ASSIGN in role.permissions]
    return set(_active_users(order.org_id, may_assign, order.game_zone)) or _find_managers(order.org_id, roles)


def _find_managers(org_id: str, roles: Sequence[RolePermissions]) -> set[str]:
    list_all = [role.code for role in roles if role.permissions.get(permissions.LIST) == "org"]
    return set(_active_users(org_id, list_all, None))


def _find_superiors(
    order: WorkOrder, roles: Sequence[RolePermissions], lead_ids: Iterable[str], clock: Clock
) -> set[str]:
    """Return the superiors of these leads, and the managers if a lead has no active one."""
    leads = _read_users(order.org_id, lead_ids, clock)
    named = {lead.reports_to for lead in leads if lead.reports_to}
    superiors = {user.user_id for user in _read_users(order.org_id, named, clock) if user.status == ACTIVE}
    if all(lead.reports_to in superiors for lead in leads) and superiors:
        return superiors
    return superiors | _find_managers(order.org_id, roles)


def _active_users(org_id: str, roles: Sequence[str], game_zone: str | None) -> Iterator[str]:
    """Yield the ids of the active users of these roles, without administrators."""
    others = [role for role in roles if role != ADMIN_ROLE]
    return (user.user_id for user in all_active_users(org_id, others, game_zone))


def _read_users(org_id: str, user_ids: Iterable[str], clock: Clock) -> list[User]:
    """Return these users as they are stored."""
    keys = [user_key(org_id, user_id) for user_id in sorted(user_ids)]
    users: list[User | None] = []
    for start in range(0, len(keys), _PAGE):
        part = keys[start : start + _PAGE]
        users += map(get_many(part, clock).get, part)
    return [user for user in users if user is not None]

"""The bottom navigation of each role, as data.

A slot is omitted if the user's role does not hold its permission, so an app offers nothing that would be refused.
"""

from collections.abc import Mapping, Sequence

import msgspec

from chalicelib.core.actor import Actor


class Slot(msgspec.Struct, frozen=True):
    """A navigation entry: the screen that it opens, its label, the path that the screen reads, and the permission."""

    screen: str
    label: str
    target: str
    permission: str


_NOTICES = Slot("SH-NOTIF", "Notifications", "/v1/me/notifications", "notices.notice.read")
_PROFILE = Slot("SH-PROFILE", "Profile", "/v1/me/profile", "identity.profile.read")
_USERS = Slot("PEOPLE", "People", "/v1/users", "identity.user.read")
_ROLES = Slot("ROLES", "Roles", "/v1/roles", "identity.role.read")
_AUDIT = Slot("AUDIT", "Audit trail", "/v1/audit", "audit.read")
_ORDERS = Slot("WO-LIST", "Work orders", "/v1/work-orders", "maintenance.workorder.list")
_RETURNED = Slot("WO-RETURNED", "Returned", "/v1/work-orders?state=returned", "maintenance.workorder.list")
_OVERDUE = Slot("WO-OVERDUE", "Overdue", "/v1/work-orders?state=overdue", "maintenance.workorder.list")
_SCANNER = Slot("SCANNER", "Picking", "/scanner/state", "picking.state.read")
_PACKING = Slot("PACKING", "Packing", "/shipping/scanner/pack/shipments", "packing.shipment.read")
_MANUFACTURING = (
    Slot("BATCHES", "Batches", "/v1/batches", "manufacturing.batch.read"),
    Slot("PACKS", "Packs", "/v1/packs", "manufacturing.pack.read"),
    Slot("TRACE", "Trace", "/v1/trace", "manufacturing.trace.read"),
    _PROFILE,
)
_WAREHOUSE = (_SCANNER, _PACKING, _NOTICES, _PROFILE)
_LEADS = (_ORDERS, _RETURNED, _OVERDUE, _NOTICES, _PROFILE)

NAVIGATION: Mapping[str, Sequence[Slot]] = {
    "SYSTEM_ADMIN": (_USERS, _ROLES, _AUDIT, _NOTICES, _PROFILE),
    "courier": (
        Slot("COURIER-NOW", "Delivery", "/v1/courier/active-order", "dispatch.offer.answer"),
        Slot("COURIER-PAST", "History", "/v1/courier/orders/history", "dispatch.offer.answer"),
        _PROFILE,
    ),
    "customer": (
        Slot("CUSTOMER-NEW", "Order", "/v1/orders", "dispatch.order.create"),
        Slot("CUSTOMER-NOW", "Under way", "/v1/customer/active-orders", "dispatch.order.follow"),
        Slot("CUSTOMER-PAST", "History", "/v1/customer/orders/history", "dispatch.order.follow"),
        _PROFILE,
    ),
    "TECH": (
        Slot("TECH-DASH", "Dashboard", "/v1/me/dashboard", "maintenance.dashboard.read"),
        Slot("TECH-WO-TODAY", "Work orders", "/v1/me/work-orders", "maintenance.dashboard.read"),
        Slot("TECH-WO-RETURNED", "Returned", "/v1/me/work-orders?state=returned", "maintenance.dashboard.read"),
        _NOTICES,
        _PROFILE,
    ),
    "MAINT_TL": _LEADS,
    "OPS_TL": _LEADS,
    "STORE_MANAGER": _LEADS,
    "picker": _WAREHOUSE,
    "operative": _WAREHOUSE,
    "supervisor": _WAREHOUSE,
    "admin": _WAREHOUSE,
    "gm": _WAREHOUSE,
    "packer": _WAREHOUSE,
    "PRODUCTION": _MANUFACTURING,
    "QA": _MANUFACTURING,
    "SUPERVISOR": _MANUFACTURING,
    "VIEW_ONLY": _MANUFACTURING,
}
"""The slots of each role, from left to right; other roles have `_DEFAULT`."""

_DEFAULT = (_NOTICES, _PROFILE)


def navigation(actor: Actor) -> list[Slot]:
    """Return the slots that a user sees."""
    slots = NAVIGATION.get(actor.role, _DEFAULT)
    return [slot for slot in slots if actor.scope(slot.permission) is not None]

"""The default matrix: what each role may do in a new organisation, and how far it reaches.

This is data with which organisations start, not a gate: requests read the organisation's own copy, which those with
`identity.role.manage` change at run time. One line is one permission: its code, what it lets somebody do, and which
roles hold it with which scope. Scopes: `own` (what is assigned to or made by the person), `zone` (what belongs to their
game zone, and their own), `org` (everything of the organisation). `SYSTEM_ADMIN` holds every permission there is,
organisation-wide, and so is in no line. `docs/permissions.md` is written from here (`python -m infra.matrix`).

Permissions of domains that are still to come are in the table already, so that organisations need no migration when
their endpoints arrive.
"""

from __future__ import annotations

from collections.abc import Mapping

OWN, ZONE, ORG = "own", "zone", "org"
SCOPES = (OWN, ZONE, ORG)
"""From the narrowest to the widest; each reaches what the one before it reaches."""

ALL_POWERFUL = "SYSTEM_ADMIN"
ROLE_ADMINISTRATION = "identity.role.manage"
"""Whoever holds this, organisation-wide, can change what every role may do; somebody always has to."""

ROLES: Mapping[str, str] = {
    "SYSTEM_ADMIN": "System administrator",
    "courier": "Courier",
    "customer": "Customer",
    "dispatcher": "Dispatcher",
    "picker": "Picker",
    "operative": "Warehouse operative",
    "supervisor": "Warehouse supervisor",
    "admin": "Warehouse administrator",
    "gm": "General manager",
    "packer": "Packer",
    "TECH": "Technician",
    "MAINT_TL": "Maintenance team lead",
    "OPS_TL": "Operations team lead",
    "STORE_MANAGER": "Store manager",
    "PRODUCTION": "Production",
    "QA": "Quality assurance",
    "SUPERVISOR": "Production supervisor",
    "VIEW_ONLY": "Viewer",
}
"""Every role by its code, and what people call it."""

_Holders = dict[str, str]
_EVERYONE: _Holders = dict.fromkeys(ROLES, OWN)
_STAFF: _Holders = {role: OWN for role in ROLES if role not in ("courier", "customer")}
_CONSOLE: _Holders = dict.fromkeys(("PRODUCTION", "QA", "SUPERVISOR", "VIEW_ONLY"), ORG)
_PICKING: _Holders = {"picker": OWN, "operative": OWN, "supervisor": ORG, "admin": ORG, "gm": ORG}
_PACKING: _Holders = {"packer": ORG, "supervisor": ORG, "admin": ORG, "gm": ORG}
_CHARGE: _Holders = dict.fromkeys(("supervisor", "admin", "gm"), ORG)
_TECH: _Holders = {"TECH": OWN}
_MAINT_TL: _Holders = {"MAINT_TL": ZONE}
_OPS_TL: _Holders = {"OPS_TL": ZONE}
_STORE: _Holders = {"STORE_MANAGER": ORG}
_PRODUCTION: _Holders = {"PRODUCTION": ORG}
_QA: _Holders = {"QA": ORG}
_SUPERVISOR: _Holders = {"SUPERVISOR": ORG}
_NOBODY_ELSE: _Holders = {}

_TABLE: tuple[tuple[str, str, _Holders], ...] = (
    # People, roles and the audit trail
    ("identity.session.end", "End one's own session.", _EVERYONE),
    ("identity.profile.read", "See who one is and what one may do.", _EVERYONE),
    ("identity.password.change", "Change one's own password.", _EVERYONE),
    ("identity.device.register", "Have one's own phone told, and no longer told, of news.", _EVERYONE),
    ("identity.user.read", "See people.", _NOBODY_ELSE),
    ("identity.user.manage", "Add people; change, disable and enable them; reset their passwords.", _NOBODY_ELSE),
    ("identity.user.import", "Load people.", _NOBODY_ELSE),
    ("identity.role.read", "See what roles may do.", _NOBODY_ELSE),
    ("identity.role.manage", "Change what roles may do.", _NOBODY_ELSE),
    ("identity.organisation.read", "See the organisation's settings.", _NOBODY_ELSE),
    ("identity.organisation.manage", "Change the organisation's settings.", _NOBODY_ELSE),
    ("audit.read", "Read the audit trail.", _NOBODY_ELSE),
    # What people are told
    ("realtime.channel.courier", "Listen on the courier channel.", {"courier": OWN}),
    ("realtime.channel.customer", "Listen on the customer channel.", {"customer": OWN}),
    ("realtime.channel.staff", "Listen on the staff channel.", _STAFF),
    ("notices.notice.read", "Read one's own notices, and mark them as read.", _EVERYONE),
    # Courier dispatch
    ("dispatch.order.create", "Order a delivery.", {"customer": OWN}),
    ("dispatch.order.read", "See a delivery.", {"courier": OWN, "customer": OWN, "dispatcher": ORG}),
    ("dispatch.order.follow", "See the deliveries that one has ordered, and who is coming.", {"customer": OWN}),
    ("dispatch.order.cancel", "Call a delivery off before it is picked up.", {"customer": OWN}),
    ("dispatch.offer.answer", "Accept, decline, carry out or hand back a delivery.", {"courier": OWN}),
    ("dispatch.courier.availability", "Go on and off duty as a courier.", {"courier": OWN}),
    ("dispatch.courier.position", "Report one's position as a courier.", {"courier": OWN}),
    # Picking
    ("picking.state.read", "See what the pick scanner shows.", _PICKING),
    ("picking.event.send", "Send what was scanned and done.", _PICKING),
    ("picking.assignment.claim", "Take the next assignment.", _PICKING),
    ("picking.assignment.release", "Put an assignment back into the queue.", _PICKING),
    ("picking.assignment.close", "Close an assignment early, with a reason.", _PICKING),
    ("picking.assignment.import", "Load assignments.", _CHARGE),
    # Packing
    ("packing.shipment.read", "See shipments, their boxes and plates; look barcodes up.", _PACKING),
    ("packing.item.pack", "Pack an item into a box.", _PACKING),
    ("packing.item.remove", "Take an item out of a box.", _PACKING),
    ("packing.box.create", "Open a new box.", _PACKING),
    ("packing.box.close", "Close a box.", _PACKING),
    ("packing.box.reopen", "Open a closed box again, with a reason.", _CHARGE),
    ("packing.shipment.complete", "Say that a shipment is packed.", _PACKING),
    ("packing.shipment.import", "Load shipments.", _CHARGE),
    ("packing.plate.import", "Load license plates.", _CHARGE),
    # Maintenance
    ("maintenance.dashboard.read", "See one's work at a glance, and one's own list.", _TECH),
    ("maintenance.workorder.read", "See a work order.", _TECH | _MAINT_TL | _OPS_TL | _STORE),
    ("maintenance.workorder.list", "See the work orders of others, by zone and state.", _MAINT_TL | _OPS_TL | _STORE),
    ("maintenance.workorder.create", "Route a finding to maintenance as a work order.", _OPS_TL),
    ("maintenance.workorder.assign", "Assign a work order to a technician.", _MAINT_TL),
    ("maintenance.workorder.outsource", "Give a work order to a vendor.", _MAINT_TL),
    ("maintenance.workorder.start", "Start work that one was assigned.", _TECH),
    ("maintenance.workorder.finish", "Say that the work is done, with a photo of it.", _TECH),
    ("maintenance.workorder.return", "Give a work order back, with a reason.", _TECH),
    ("maintenance.photo.upload", "Add a photo to a work order.", _TECH),
    ("maintenance.photo.delete", "Take back a photo of one's own before the work is done.", _TECH),
    ("maintenance.checklist.read", "See a checklist, its items and open work orders.", _MAINT_TL | _OPS_TL | _STORE),
    ("maintenance.ride.import", "Load rides.", _STORE),
    ("maintenance.checklist.import", "Load checklists.", _STORE),
    # Manufacturing
    ("manufacturing.sku.read", "See SKUs.", _CONSOLE),
    ("manufacturing.sku.create", "Draw up a SKU.", _SUPERVISOR),
    ("manufacturing.sku.activate", "Release a SKU for production.", _NOBODY_ELSE),
    ("manufacturing.batch.read", "See batches.", _CONSOLE),
    ("manufacturing.batch.create", "Set up a batch of a SKU.", _PRODUCTION),
    ("manufacturing.batch.start", "Start a batch.", _PRODUCTION),
    ("manufacturing.batch.complete", "Complete a batch whose packs are all finalized.", _SUPERVISOR | _QA),
    ("manufacturing.module.read", "See modules.", _CONSOLE),
    ("manufacturing.module.create", "Set up a module.", _PRODUCTION),
    ("manufacturing.module.bind", "Bind cells to a module, and take them off before it is sealed.", _PRODUCTION),
    ("manufacturing.module.seal", "Seal a module.", _PRODUCTION),
    ("manufacturing.pack.read", "See packs.", _CONSOLE),
    ("manufacturing.pack.create", "Set up a pack.", _PRODUCTION),
    ("manufacturing.pack.bind", "Bind modules to a pack.", _PRODUCTION),
    ("manufacturing.pack.seal", "Seal a pack.", _PRODUCTION),
    ("manufacturing.pack.disposition", "Pass, fail or quarantine a tested pack.", _QA),
    ("manufacturing.trace.read", "Trace a serial number up and down.", _CONSOLE),
)

PERMISSIONS: Mapping[str, str] = {code: meaning for code, meaning, _ in _TABLE}
"""Every permission there is, and what it lets somebody do."""

DEFAULT_MATRIX: Mapping[str, Mapping[str, str]] = {
    role: dict.fromkeys(PERMISSIONS, ORG)
    if role == ALL_POWERFUL
    else {code: holders[role] for code, _, holders in _TABLE if role in holders}
    for role in ROLES
}
"""`{role: {permission: scope}}` as an organisation gets it when it is founded."""


def roles_with(permission: str) -> list[str]:
    """The roles that hold a permission by default, for the documentation."""
    return sorted(role for role, held in DEFAULT_MATRIX.items() if permission in held)

"""The default permissions: what each role may do in a new organisation, with which scope.

A new organisation gets its own copy of this data, which requests read and which users with `identity.role.manage` can
change at run time. Each line is one permission: its code, what it allows, and the roles that hold it with which scope.
Scopes: `own` (what is assigned to the user or was created by them), `zone` (what belongs to the user's game zone, and
their own), `org` (everything in the organisation). `SYSTEM_ADMIN` holds every permission with the scope `org` and is
therefore not listed. `docs/permissions.md` is generated from here (`python -m infra.permissions_page`).

The table contains permissions of endpoints that do not exist yet, so that organisations need no migration later.
"""

from collections.abc import Mapping

OWN, ZONE, ORG = "own", "zone", "org"
SCOPES = (OWN, ZONE, ORG)
"""From the narrowest to the widest; each includes the one before it."""

ADMIN_ROLE = "SYSTEM_ADMIN"

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
"""The name of every role by its code."""

_Holders = dict[str, str]
_EVERYONE: _Holders = dict.fromkeys(ROLES, OWN)
_STAFF: _Holders = {role: OWN for role in ROLES if role not in ("courier", "customer")}
_CONSOLE: _Holders = dict.fromkeys(("PRODUCTION", "QA", "SUPERVISOR", "VIEW_ONLY"), ORG)
_PICKING: _Holders = {"picker": OWN, "operative": OWN, "supervisor": ORG, "admin": ORG, "gm": ORG}
_PACKING: _Holders = {"packer": ORG, "supervisor": ORG, "admin": ORG, "gm": ORG}
_WAREHOUSE_LEADS: _Holders = dict.fromkeys(("supervisor", "admin", "gm"), ORG)
_TECH: _Holders = {"TECH": OWN}
_MAINT_TL: _Holders = {"MAINT_TL": ZONE}
_OPS_TL: _Holders = {"OPS_TL": ZONE}
_STORE: _Holders = {"STORE_MANAGER": ORG}
_PRODUCTION: _Holders = {"PRODUCTION": ORG}
_QA: _Holders = {"QA": ORG}
_SUPERVISOR: _Holders = {"SUPERVISOR": ORG}
_ADMIN_ONLY: _Holders = {}

_TABLE: tuple[tuple[str, str, _Holders], ...] = (
    # People, roles and the audit trail
    ("identity.session.end", "List and end their own sessions.", _EVERYONE),
    ("identity.profile.read", "Read one's own profile and permissions.", _EVERYONE),
    ("identity.password.change", "Change one's own password.", _EVERYONE),
    ("identity.device.register", "Register and remove one's own devices for push notifications.", _EVERYONE),
    ("identity.user.read", "Read users.", _ADMIN_ONLY),
    ("identity.user.manage", "Create, update, disable and enable users; reset their passwords.", _ADMIN_ONLY),
    ("identity.user.import", "Import users.", _ADMIN_ONLY),
    ("identity.role.read", "Read roles and their permissions.", _ADMIN_ONLY),
    ("identity.role.manage", "Change the permissions of roles.", _ADMIN_ONLY),
    ("identity.api_key.manage", "List, create and delete API keys.", _ADMIN_ONLY),
    ("identity.organisation.read", "Read the organisation's settings.", _ADMIN_ONLY),
    ("identity.organisation.manage", "Change the organisation's settings.", _ADMIN_ONLY),
    ("audit.read", "Read the audit trail.", _ADMIN_ONLY),
    # Sockets and notifications
    ("realtime.channel.courier", "Receive events on the courier channel.", {"courier": OWN}),
    ("realtime.channel.customer", "Receive events on the customer channel.", {"customer": OWN}),
    ("realtime.channel.staff", "Receive events on the staff channel.", _STAFF),
    ("realtime.ticket.create", "Make tickets that open a socket.", _EVERYONE),
    ("notices.notice.read", "Read one's own notifications and mark them as read.", _EVERYONE),
    # Courier dispatch
    ("dispatch.order.create", "Create a delivery order.", {"customer": OWN}),
    ("dispatch.order.read", "Read a delivery order.", {"courier": OWN, "customer": OWN, "dispatcher": ORG}),
    ("dispatch.order.manage", "List delivery orders and couriers, and decide about orders.", {"dispatcher": ORG}),
    ("dispatch.order.follow", "Follow the delivery orders that one has created.", {"customer": OWN}),
    (
        "dispatch.order.share",
        "Make and withdraw tracking links of delivery orders.",
        {"customer": OWN, "dispatcher": ORG},
    ),
    ("dispatch.order.cancel", "Cancel a delivery order before it is picked up.", {"customer": OWN}),
    ("dispatch.offer.answer", "Accept, decline, carry out or release a delivery order.", {"courier": OWN}),
    ("dispatch.courier.availability", "Go on and off duty as a courier.", {"courier": OWN}),
    ("dispatch.courier.position", "Report one's position as a courier.", {"courier": OWN}),
    ("dispatch.vehicle_type.import", "Import vehicle types and their fares.", {"dispatcher": ORG}),
    # Picking
    ("picking.state.read", "Read the state that the pick scanner shows.", _PICKING),
    ("picking.event.send", "Send pick scanner events.", _PICKING),
    ("picking.assignment.claim", "Claim the next assignment.", _PICKING),
    ("picking.assignment.release", "Return an assignment to the queue.", _PICKING),
    ("picking.assignment.close", "Close an assignment early, with a reason.", _PICKING),
    ("picking.line.short", "Close a line short, with a reason.", _PICKING),
    ("picking.assignment.read", "List assignments, with their pickers and logs.", _WAREHOUSE_LEADS),
    ("picking.assignment.manage", "Assign assignments to users, and change their priority.", _WAREHOUSE_LEADS),
    ("picking.assignment.import", "Import assignments.", _WAREHOUSE_LEADS),
    ("picking.event.review", "List rejected pick scanner events, and accept or dismiss them.", _WAREHOUSE_LEADS),
    ("picking.performance.read", "Read how much people pick, and how fast.", _WAREHOUSE_LEADS),
    # Packing
    ("packing.shipment.read", "Read shipments, their boxes and license plates; look up barcodes.", _PACKING),
    ("packing.item.pack", "Pack an item into a box.", _PACKING),
    ("packing.item.remove", "Remove an item from a box.", _PACKING),
    ("packing.box.create", "Create a box.", _PACKING),
    ("packing.box.close", "Close a box.", _PACKING),
    ("packing.box.reopen", "Reopen a closed box, with a reason.", _WAREHOUSE_LEADS),
    ("packing.box.void", "Void an empty box.", _PACKING),
    ("packing.shipment.complete", "Complete a shipment.", _PACKING),
    ("packing.shipment.reopen", "Reopen a packed shipment, with a reason.", _WAREHOUSE_LEADS),
    ("packing.shipment.cancel", "Cancel a shipment, with a reason.", _WAREHOUSE_LEADS),
    ("packing.shipment.import", "Import shipments.", _WAREHOUSE_LEADS),
    ("packing.plate.import", "Import license plates.", _WAREHOUSE_LEADS),
    # Maintenance
    ("maintenance.dashboard.read", "Read one's own dashboard and work orders.", _TECH),
    ("maintenance.workorder.read", "Read a work order.", _TECH | _MAINT_TL | _OPS_TL | _STORE),
    ("maintenance.workorder.list", "List work orders by zone and state.", _MAINT_TL | _OPS_TL | _STORE),
    ("maintenance.workorder.create", "Create a work order from a checklist item.", _OPS_TL),
    ("maintenance.workorder.assign", "Assign a work order to a technician.", _MAINT_TL),
    (
        "maintenance.workorder.outsource",
        "Outsource a work order to a vendor, recall it, and record that the vendor has done it.",
        _MAINT_TL,
    ),
    ("maintenance.workorder.start", "Start an assigned work order.", _TECH),
    ("maintenance.workorder.finish", "Finish a work order, with a completion photo.", _TECH),
    (
        "maintenance.workorder.return",
        "Return a work order, with a reason; with the scope `zone` only one on hold or of a technician who is gone.",
        _TECH | _MAINT_TL,
    ),
    ("maintenance.workorder.hold", "Put a work order on hold, and resume it.", _TECH | _MAINT_TL),
    ("maintenance.workorder.cancel", "Cancel a work order that is not in progress.", _OPS_TL | _MAINT_TL),
    ("maintenance.workorder.edit", "Change priority and instructions of a work order.", _OPS_TL | _MAINT_TL),
    ("maintenance.workorder.reopen", "Open a work order again that was done.", _MAINT_TL),
    ("maintenance.photo.upload", "Add a photo to a work order.", _TECH | _MAINT_TL | _OPS_TL),
    ("maintenance.photo.delete", "Delete one's own photo of an open work order.", _TECH | _MAINT_TL | _OPS_TL),
    (
        "maintenance.comment.create",
        "Comment on a work order, and mention people.",
        _TECH | _MAINT_TL | _OPS_TL | _STORE,
    ),
    ("maintenance.labour.record", "Add labour to a work order, and remove it.", _TECH | _MAINT_TL),
    ("maintenance.part.record", "Add parts to a work order, and remove them.", _TECH | _MAINT_TL),
    ("maintenance.technician.read", "List technicians with their open work orders.", _MAINT_TL | _OPS_TL | _STORE),
    ("maintenance.checklist.read", "Read a checklist, its items and open work orders.", _MAINT_TL | _OPS_TL | _STORE),
    ("maintenance.ride.read", "List rides.", _MAINT_TL | _OPS_TL | _STORE),
    ("maintenance.schedule.read", "Read schedules and their coming occurrences.", _MAINT_TL | _OPS_TL),
    ("maintenance.schedule.manage", "Create, change, pause and delete schedules.", _MAINT_TL | _OPS_TL),
    ("maintenance.report.read", "Read reports on work orders.", _MAINT_TL | _OPS_TL | _STORE),
    ("maintenance.ride.import", "Import rides.", _STORE),
    ("maintenance.checklist.import", "Import checklists.", _STORE),
    # Manufacturing
    ("manufacturing.sku.read", "Read SKUs.", _CONSOLE),
    ("manufacturing.sku.create", "Create a SKU.", _SUPERVISOR),
    ("manufacturing.sku.edit", "Edit a SKU before it is activated.", _SUPERVISOR),
    ("manufacturing.sku.activate", "Activate a SKU for production.", _ADMIN_ONLY),
    ("manufacturing.sku.retire", "Retire a SKU, so that no more batches are created for it.", _SUPERVISOR),
    ("manufacturing.batch.read", "Read batches.", _CONSOLE),
    ("manufacturing.batch.create", "Create a batch of a SKU.", _PRODUCTION),
    ("manufacturing.batch.start", "Start a batch.", _PRODUCTION),
    ("manufacturing.batch.complete", "Complete a batch whose packs are all finalized.", _SUPERVISOR | _QA),
    ("manufacturing.batch.void", "Void a batch without packs.", _PRODUCTION | _SUPERVISOR),
    ("manufacturing.module.read", "Read modules.", _CONSOLE),
    ("manufacturing.module.create", "Create a module.", _PRODUCTION),
    ("manufacturing.module.bind", "Bind cells to a module, and unbind them before it is sealed.", _PRODUCTION),
    ("manufacturing.module.seal", "Seal a module.", _PRODUCTION),
    ("manufacturing.module.scrap", "Scrap a module, with or without its cells.", _PRODUCTION),
    ("manufacturing.pack.read", "Read packs.", _CONSOLE),
    ("manufacturing.pack.create", "Create a pack.", _PRODUCTION),
    (
        "manufacturing.pack.bind",
        "Bind modules to a pack, and unbind them before it is sealed or in rework.",
        _PRODUCTION,
    ),
    ("manufacturing.pack.seal", "Seal a pack.", _PRODUCTION),
    ("manufacturing.pack.disposition", "Pass, fail or quarantine a tested pack.", _QA),
    ("manufacturing.pack.rework", "Open a sealed pack again to change its modules.", _PRODUCTION | _SUPERVISOR),
    ("manufacturing.pack.void", "Void a pack that was not shipped.", _PRODUCTION | _SUPERVISOR),
    ("manufacturing.pack.ship", "Ship a pack that passed.", _PRODUCTION),
    ("manufacturing.pack.return", "Take back a shipped pack.", _PRODUCTION),
    ("manufacturing.passport.read", "Read battery passports as everybody may, and print their QR codes.", _CONSOLE),
    (
        "manufacturing.passport.restricted",
        "Read battery passports in full, and what is missing in them.",
        _CONSOLE,
    ),
    ("manufacturing.report.read", "Read the report on the line: yields and measurements.", _CONSOLE),
    ("manufacturing.test.read", "Read the tests of modules and packs.", _CONSOLE),
    ("manufacturing.test.record", "Record a test of a module or pack.", _QA),
    ("manufacturing.hold.read", "Read holds.", _CONSOLE),
    ("manufacturing.hold.create", "Hold a lot, a serial number or a batch.", _QA),
    ("manufacturing.hold.release", "Release a hold.", _SUPERVISOR),
    ("manufacturing.lot.read", "Read lots of cells.", _CONSOLE),
    ("manufacturing.lot.create", "Record a lot of cells.", _PRODUCTION),
    ("manufacturing.lot.status", "Block or release a lot of cells.", _QA),
    ("manufacturing.cell.correct", "Correct the lot of a cell.", _QA),
    ("manufacturing.trace.read", "Trace a serial number.", _CONSOLE),
    ("manufacturing.recall.read", "Read recall cases and their affected units.", _CONSOLE),
    ("manufacturing.recall.manage", "Open, close and cancel recall cases, and mark their units.", _QA),
)

PERMISSIONS: Mapping[str, str] = {code: meaning for code, meaning, _ in _TABLE}
"""What each permission allows, by its code."""

DEFAULT_PERMISSIONS: Mapping[str, Mapping[str, str]] = {
    role: dict.fromkeys(PERMISSIONS, ORG)
    if role == ADMIN_ROLE
    else {code: holders[role] for code, _, holders in _TABLE if role in holders}
    for role in ROLES
}
"""`{role: {permission: scope}}` of a new organisation."""

EVERYBODYS_PERMISSIONS = frozenset(code for code, _, holders in _TABLE if holders is _EVERYONE)
"""What every role holds by default, with the scope `own`: one's own sessions, profile, password, devices, notices."""


def roles_with(permission: str) -> list[str]:
    """Return the roles that hold a permission by default, for the documentation."""
    return sorted(role for role, held in DEFAULT_PERMISSIONS.items() if permission in held)

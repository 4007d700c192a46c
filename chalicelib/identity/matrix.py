"""The default matrix: what each role may do in a new organisation, and how far it reaches.

This is data with which organisations start, not a gate: requests read the organisation's own copy. Scopes: `own`
(what is assigned to or made by the person), `zone` (their game zone), `org` (everything of the organisation).
`SYSTEM_ADMIN` holds every permission there is, organisation-wide.
"""

from collections.abc import Mapping

OWN, ZONE, ORG = "own", "zone", "org"

PERMISSIONS: Mapping[str, str] = {
    "identity.session.end": "End one's own session.",
    "dispatch.order.create": "Order a delivery.",
    "dispatch.order.read": "See a delivery.",
    "dispatch.order.follow": "See the deliveries that one has ordered, and who is coming.",
    "dispatch.order.cancel": "Call a delivery off before it is picked up.",
    "dispatch.offer.answer": "Accept, decline, carry out or hand back a delivery.",
    "dispatch.courier.availability": "Go on and off duty as a courier.",
    "dispatch.courier.position": "Report one's position as a courier.",
    "realtime.channel.courier": "Listen on the courier channel.",
    "realtime.channel.customer": "Listen on the customer channel.",
    "realtime.channel.staff": "Listen on the staff channel.",
}
"""Every permission there is, and what it lets somebody do."""

_EVERYONE: Mapping[str, str] = {"identity.session.end": OWN}
_STAFF: Mapping[str, str] = {**_EVERYONE, "realtime.channel.staff": OWN}

DEFAULT_MATRIX: Mapping[str, Mapping[str, str]] = {
    "SYSTEM_ADMIN": dict.fromkeys(PERMISSIONS, ORG),
    # Courier dispatch
    "courier": {
        **_EVERYONE,
        "dispatch.offer.answer": OWN,
        "dispatch.order.read": OWN,
        "dispatch.courier.availability": OWN,
        "dispatch.courier.position": OWN,
        "realtime.channel.courier": OWN,
    },
    "customer": {
        **_EVERYONE,
        "dispatch.order.create": OWN,
        "dispatch.order.read": OWN,
        "dispatch.order.follow": OWN,
        "dispatch.order.cancel": OWN,
        "realtime.channel.customer": OWN,
    },
    "dispatcher": {**_STAFF, "dispatch.order.read": ORG},
    # Picking
    "picker": _STAFF,
    "operative": _STAFF,
    "supervisor": _STAFF,
    "admin": _STAFF,
    "gm": _STAFF,
    # Packing
    "packer": _STAFF,
    # Maintenance
    "TECH": _STAFF,
    "MAINT_TL": _STAFF,
    "OPS_TL": _STAFF,
    "STORE_MANAGER": _STAFF,
    # Manufacturing
    "PRODUCTION": _STAFF,
    "QA": _STAFF,
    "SUPERVISOR": _STAFF,
    "VIEW_ONLY": _STAFF,
}


def roles_with(permission: str) -> list[str]:
    """The roles that hold a permission by default, for the documentation."""
    return sorted(role for role, held in DEFAULT_MATRIX.items() if permission in held)

"""The permissions, timeout, memory and concurrency of each function. Written by hand.

Tables are named as in the models and actions as in IAM, without `dynamodb:`. A transaction needs the permissions of its
operations, and none of its own. A query of an index needs permission for the index, not for the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Tables = Mapping[str, str]

TRAIL = "system_audit_trail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """The permissions and resources of one function."""

    timeout_s: int
    memory_mb: int = 512
    max_concurrency: int | None = None
    """The number of concurrent calls; None: the limit of the account."""
    tables: Tables = field(default_factory=dict)
    indexes: Tables = field(default_factory=dict)
    """The queried indexes by table."""
    photos: Tables = field(default_factory=dict)
    """Actions on objects in the photo bucket by the first part of their key."""
    invokes: Sequence[str] = ()
    verifies_tokens: bool = False
    posts_to_sockets: bool = False
    closes_sockets: bool = False
    sends_messages: bool = False


_AUTHENTICATES: Tables = {"identity": "BatchGetItem GetItem"}
"""Authenticates a user: reads session, user and role, and another role if it changed since sign-in."""
_DELIVERS: Tables = {"realtime": "DeleteItem GetItem PutItem Query UpdateItem"}
"""Appends events to mailboxes and delivers them; checks sessions and people, and offers that have waited, as well."""
_AUDITED: Tables = {TRAIL: "PutItem"}

# API Gateway waits 29 s for a response, so a longer timeout is of no use.
_GATEWAY_S = 29

ROLES: Mapping[str, Role] = {
    # More memory, and so more processor time, than the others: it hashes passwords and decodes photos.
    "api_handler": Role(
        timeout_s=_GATEWAY_S,
        memory_mb=1024,
        tables={
            **_DELIVERS,
            "dispatch": "BatchGetItem ConditionCheckItem GetItem PutItem Query UpdateItem",
            "edge": "BatchGetItem GetItem PutItem UpdateItem",
            "identity": "BatchGetItem ConditionCheckItem DeleteItem GetItem PutItem Query UpdateItem",
            "maintenance": "BatchGetItem DeleteItem GetItem PutItem Query UpdateItem",
            "manufacturing": "BatchGetItem ConditionCheckItem DeleteItem GetItem PutItem Query UpdateItem",
            "notices": "BatchGetItem GetItem PutItem Query UpdateItem",
            "packing": "BatchGetItem ConditionCheckItem DeleteItem GetItem PutItem Query UpdateItem",
            "picking": "BatchGetItem DeleteItem GetItem PutItem Query UpdateItem",
            TRAIL: "PutItem Query",
        },
        indexes={
            "dispatch": "by_courier by_customer by_status free_by_place idle_longest listed roster waiting",
            "identity": "by_role devices_by_owner directory",
            "maintenance": ("in_list mine_by_state org_by_state org_open schedules_of_zone zone_by_state zone_open"),
            "manufacturing": "by_serial of_batch of_organisation of_pack of_sku",
            "notices": "unread",
            "packing": "open_in_warehouse open_of_order open_shipments",
            "picking": "desk listed queue",
            TRAIL: "by_actor by_entity",
        },
        photos={"incoming": "DeleteObject GetObject PutObject", "photos": "DeleteObject GetObject PutObject"},
        invokes=["deliver", "send"],
        verifies_tokens=True,
        posts_to_sockets=True,
        closes_sockets=True,
    ),
    "websocket_connect": Role(
        timeout_s=10,
        tables={
            **_AUTHENTICATES,
            "dispatch": "BatchGetItem UpdateItem",
            "realtime": "BatchGetItem DeleteItem GetItem PutItem UpdateItem",
        },
        invokes=["deliver"],
        verifies_tokens=True,
        closes_sockets=True,
    ),
    "websocket_message": Role(
        timeout_s=_GATEWAY_S,
        tables={
            **_AUTHENTICATES,
            **_DELIVERS,
            **_AUDITED,
            "dispatch": "BatchGetItem GetItem Query UpdateItem",
        },
        indexes={"dispatch": "waiting", "identity": "devices_by_owner"},
        invokes=["deliver", "send"],
        posts_to_sockets=True,
        closes_sockets=True,
    ),
    "websocket_disconnect": Role(timeout_s=10, tables={"realtime": "DeleteItem GetItem PutItem UpdateItem"}),
    "deliver": Role(
        timeout_s=60,
        tables={**_DELIVERS, "dispatch": "BatchGetItem", "identity": "BatchGetItem"},
        posts_to_sockets=True,
        closes_sockets=True,
    ),
    "send": Role(
        timeout_s=30,
        tables={**_AUDITED, "identity": "BatchGetItem DeleteItem UpdateItem"},
        indexes={"identity": "devices_by_owner"},
        sends_messages=True,
    ),
    # Overlapping sweeps would do the same work, so each runs one at a time.
    "dispatch_sweep": Role(
        timeout_s=70,
        max_concurrency=1,
        tables={
            **_DELIVERS,
            **_AUDITED,
            "dispatch": "BatchGetItem GetItem Query UpdateItem",
            "identity": "BatchGetItem GetItem",
        },
        indexes={
            "dispatch": "due free_by_place idle_longest offers_due waiting",
            "identity": "devices_by_owner",
            "realtime": "pending",
        },
        invokes=["deliver", "send"],
        posts_to_sockets=True,
        closes_sockets=True,
    ),
    "maintenance_sweep": Role(
        timeout_s=58,
        max_concurrency=1,
        tables={
            **_DELIVERS,
            **_AUDITED,
            "dispatch": "BatchGetItem ConditionCheckItem DeleteItem GetItem UpdateItem",
            "identity": "BatchGetItem GetItem",
            "maintenance": "BatchGetItem DeleteItem GetItem PutItem UpdateItem",
            "manufacturing": "BatchGetItem DeleteItem GetItem PutItem Query UpdateItem",
            "notices": "PutItem UpdateItem",
        },
        indexes={
            "dispatch": "uploads_due",
            "identity": "by_role devices_by_owner",
            "maintenance": "notices_due schedules_due uploads_due",
        },
        photos={"incoming": "DeleteObject", "photos": "DeleteObject GetObject"},
        invokes=["deliver", "send"],
        posts_to_sockets=True,
        closes_sockets=True,
    ),
}

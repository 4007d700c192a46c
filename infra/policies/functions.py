"""Each function's part: what it may use, and its time, memory and number. Written by hand.

Tables are named as in the models and actions as in IAM, without `dynamodb:`. A transaction needs the permission of each
of its operations; there is none for the transaction itself. A query of an index needs the index and not its table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Tables = Mapping[str, str]

TRAIL = "system_audit_trail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What one function may do, and what it gets."""

    timeout_s: int
    memory_mb: int = 512
    at_most: int | None = None
    """How many of it may run at once; None: as many as the account allows."""
    tables: Tables = field(default_factory=dict)
    indexes: Tables = field(default_factory=dict)
    """The indexes that are queried, by table."""
    photos: Tables = field(default_factory=dict)
    """Actions on objects in the bucket, by the first part of their key."""
    invokes: Sequence[str] = ()
    verifies_tokens: bool = False
    posts_to_sockets: bool = False
    sends_letters: bool = False


_ADMITS: Tables = {"identity": "BatchGetItem GetItem"}
"""Lets somebody in: session, person and role, and another role if theirs has changed since they signed in."""
_DELIVERS: Tables = {"realtime": "BatchGetItem DeleteItem GetItem Query UpdateItem"}
"""Works off mailboxes, and forgets connections that are gone."""
_PUBLISHES: Tables = {"realtime": f"{_DELIVERS['realtime']} PutItem"}
"""Puts events into mailboxes, and delivers them at once."""
_AUDITED: Tables = {TRAIL: "PutItem"}

# API Gateway waits 29 s for an answer; a function that runs longer works for nobody.
_GATEWAY_S = 29

ROLES: Mapping[str, Role] = {
    # More memory than the others, which is more processor: it hashes passwords and decodes photos.
    "api_handler": Role(
        timeout_s=_GATEWAY_S,
        memory_mb=1024,
        tables={
            **_PUBLISHES,
            "dispatch": "BatchGetItem GetItem PutItem UpdateItem",
            "edge": "BatchGetItem GetItem PutItem",
            "identity": "BatchGetItem ConditionCheckItem DeleteItem GetItem PutItem UpdateItem",
            "maintenance": "BatchGetItem DeleteItem GetItem PutItem Query UpdateItem",
            "manufacturing": "BatchGetItem ConditionCheckItem DeleteItem GetItem PutItem Query UpdateItem",
            "notices": "BatchGetItem GetItem PutItem Query UpdateItem",
            "packing": "BatchGetItem ConditionCheckItem DeleteItem GetItem PutItem Query UpdateItem",
            "picking": "BatchGetItem GetItem PutItem Query UpdateItem",
            TRAIL: "PutItem Query",
        },
        indexes={
            "dispatch": "active_by_courier active_by_customer by_courier by_customer free_by_cell idle",
            "identity": "devices_by_owner directory",
            "maintenance": "mine_by_state mine_open org_by_state org_open zone_by_state zone_open",
            "manufacturing": "of_batch of_organisation of_sku",
            "notices": "unread",
            "packing": "open_of_order open_shipments",
            "picking": "queue",
            TRAIL: "by_actor by_entity",
        },
        photos={"incoming": "DeleteObject GetObject PutObject", "photos": "DeleteObject GetObject PutObject"},
        invokes=["send"],
        verifies_tokens=True,
        posts_to_sockets=True,
    ),
    "websocket_connect": Role(
        timeout_s=10,
        tables={**_ADMITS, "realtime": "PutItem UpdateItem"},
        invokes=["deliver"],
        verifies_tokens=True,
    ),
    "websocket_message": Role(
        timeout_s=_GATEWAY_S,
        tables={**_ADMITS, "dispatch": "UpdateItem", "realtime": "GetItem"},
        posts_to_sockets=True,
    ),
    "websocket_disconnect": Role(timeout_s=10, tables={"realtime": "DeleteItem GetItem"}),
    "deliver": Role(timeout_s=60, tables=_DELIVERS, posts_to_sockets=True),
    "send": Role(
        timeout_s=30,
        tables={**_AUDITED, "identity": "DeleteItem UpdateItem"},
        indexes={"identity": "devices_by_owner"},
        sends_letters=True,
    ),
    # Sweeps that overlapped would only do each other's work: one of each at a time.
    "dispatch_sweep": Role(
        timeout_s=70,
        at_most=1,
        tables={**_PUBLISHES, **_AUDITED, "dispatch": "GetItem UpdateItem"},
        indexes={"dispatch": "free_by_cell idle offers_due", "realtime": "pending"},
        posts_to_sockets=True,
    ),
    "maintenance_sweep": Role(
        timeout_s=58,
        at_most=1,
        tables={
            **_PUBLISHES,
            **_AUDITED,
            "identity": "GetItem",
            "maintenance": "BatchGetItem DeleteItem GetItem PutItem UpdateItem",
            "notices": "PutItem UpdateItem",
        },
        indexes={"identity": "devices_by_owner", "maintenance": "notices_due uploads_due"},
        photos={"incoming": "DeleteObject", "photos": "DeleteObject GetObject"},
        invokes=["send"],
        posts_to_sockets=True,
    ),
}

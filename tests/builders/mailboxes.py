"""Fills mailboxes, reads their state, and runs code at exact moments of a delivery.

A delivery acquires the lease, loads events and connections, posts, and releases the lease. The hooks here run between
these steps, so that a race that threads rarely meet happens in every run.
"""

import json
from collections.abc import Callable
from typing import Any

from chalicelib.core.store import get
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.realtime.tables import (
    Connection,
    MailboxConnection,
    MailboxHead,
    connection_key,
    event_key,
    head_key,
    mailbox_connection_key,
)
from infra.local.engine import EmbeddedEngine
from infra.local.engine_hooks import Hook
from tests.builders.world import Person, World

NOTE = "note"


def recipient(person: Person) -> Recipient:
    """Return the recipient of a person's mailbox."""
    return Recipient(person.org_id, person.user_id)


def publish(world: World, person: Person, *numbers: int) -> None:
    """Commit one change that publishes one event for each number, in that order."""

    def decide(work: UnitOfWork) -> None:
        for number in numbers:
            work.publish(recipient(person), NOTE, {"number": number})

    world.run(decide, person.org_id)


def publish_each(world: World, person: Person, *numbers: int) -> None:
    """Commit one change with one event for each number."""
    for number in numbers:
        publish(world, person, number)


def numbers_at(world: World, connection_id: str) -> list[int]:
    """Return the numbers that a connection received, in order."""
    return [sent.data["number"] for sent in world.heard(connection_id) if sent.event == NOTE]


def head_of(person: Person) -> MailboxHead | None:
    """Return the head of a person's mailbox, or None if it has none."""
    return get(head_key(recipient(person)))


def waiting(person: Person) -> int:
    """Return the number of undelivered events."""
    head = head_of(person)
    return 0 if head is None else len(head.queue)


def is_pending(person: Person) -> bool:
    """Return whether the mailbox is in the pending index."""
    head = head_of(person)
    return head is not None and head.pending_shard is not None


def is_leased(person: Person) -> bool:
    """Return whether the mailbox has a lease."""
    head = head_of(person)
    return head is not None and head.lease_owner is not None


def stored_connections(person: Person, connection_id: str) -> list[Connection | MailboxConnection]:
    """Return the stored items of a connection: two, or none."""
    items = [get(connection_key(connection_id)), get(mailbox_connection_key(recipient(person), connection_id))]
    return [item for item in items if item is not None]


def before_release(engine: EmbeddedEngine, act: Callable[[], object]) -> Hook:
    """Run `act` once, when a delivery has posted all events and is about to release its lease."""
    acted: list[bool] = []

    def watch(_: str, request: dict[str, Any]) -> None:
        names = request.get("ExpressionAttributeNames", {}).values()
        if "pending_shard" in names and not acted:
            acted.append(True)
            act()

    return engine.before("UpdateItem", watch)


def before_connections_are_read(engine: EmbeddedEngine, act: Callable[[], object]) -> Hook:
    """Run `act` once, when a delivery has its lease and is about to read the connections."""

    def look(*_: object) -> None:
        act()

    return engine.before("Query", look, times=1)


def mail(person: Person) -> list[tuple[str, dict[str, Any]]]:
    """Return the undelivered events of a person, in order, as (event, data)."""
    head = head_of(person)
    events = [get(event_key(recipient(person), event_id)) for event_id in (head.queue if head else ())]
    return [(event.event, json.loads(event.data)) for event in events if event is not None]

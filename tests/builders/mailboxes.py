"""Fills mailboxes, reads their state, and runs code at exact moments of a delivery.

A delivery reads the head, leases connections and checks sessions, posts, and saves. The hooks here run between
these steps, so that a race that threads rarely meet happens in every run.
"""

import json
from collections.abc import Callable
from typing import Any

from chalicelib.core.store import get
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.realtime import mailbox
from chalicelib.realtime.mailbox import Mailbox
from chalicelib.realtime.rules import LoggedEvent
from chalicelib.realtime.tables import connection_key
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


def box_of(person: Person) -> Mailbox | None:
    """Return a person's mailbox, or None if it has none."""
    return mailbox.read(recipient(person))


def log_of(person: Person) -> list[LoggedEvent]:
    """Return every event of a person's mailbox, in order."""
    box = box_of(person)
    return [] if box is None else [*mailbox.read_log(recipient(person), 0, box.numbered, 0), *box.queue]


def queued(person: Person) -> int:
    """Return the number of events that no delivery has moved to the log."""
    box = box_of(person)
    return 0 if box is None else len(box.queue)


def is_pending(person: Person) -> bool:
    """Return whether the mailbox is in the pending index."""
    box = box_of(person)
    return box is not None and box.is_pending


def is_leased(person: Person) -> bool:
    """Return whether a delivery holds a connection of the person."""
    box = box_of(person)
    return box is not None and any(connection.lease_owner for connection in box.connections.values())


def is_stored(person: Person, connection_id: str) -> bool:
    """Return whether a connection is stored, in the mailbox and by its id. Fail if it is in one of them only."""
    box = box_of(person)
    in_mailbox = box is not None and connection_id in box.connections
    assert in_mailbox == (get(connection_key(connection_id)) is not None)
    return in_mailbox


def before_release(engine: EmbeddedEngine, act: Callable[[], object]) -> Hook:
    """Run `act` once, when a delivery has posted all events and is about to end."""
    acted: list[bool] = []

    def watch(_: str, request: dict[str, Any]) -> None:
        names = request.get("ExpressionAttributeNames", {}).values()
        if "pending_shard" in names and not acted:
            acted.append(True)
            act()

    return engine.before("UpdateItem", watch)


def before_sessions_are_read(engine: EmbeddedEngine, act: Callable[[], object]) -> Hook:
    """Run `act` once, when a delivery has read the head and is about to check the sessions of the connections."""

    def look(*_: object) -> None:
        act()

    return engine.before("BatchGetItem", look, times=1)


def mail(person: Person) -> list[tuple[str, dict[str, Any]]]:
    """Return all events of a person, in order, as (event, data)."""
    return [(event.event, json.loads(event.data)) for event in log_of(person)]

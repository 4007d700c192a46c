"""Mailboxes as tests want them: fill one, look into it, and act at an exact moment of its delivery.

A delivery is `take the lease, load events and connections, post, let go`. The hooks here stand between those steps, so
that a race which threads meet once in a thousand runs is met in every run.
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
    """Whose mailbox it is."""
    return Recipient(person.org_id, person.user_id)


def publish(world: World, person: Person, *numbers: int) -> None:
    """One change that tells somebody something: one event for each number, in that order."""

    def tell(work: UnitOfWork) -> None:
        for number in numbers:
            work.publish(recipient(person), NOTE, {"number": number})

    world.run(tell, person.org_id)


def publish_each(world: World, person: Person, *numbers: int) -> None:
    """As many changes as numbers, one event each."""
    for number in numbers:
        publish(world, person, number)


def numbers_at(world: World, connection_id: str) -> list[int]:
    """The numbers that arrived at a socket, in order."""
    return [sent.data["number"] for sent in world.heard(connection_id) if sent.event == NOTE]


def head_of(person: Person) -> MailboxHead | None:
    """Where somebody's mailbox stands; None if nobody ever told them anything."""
    return get(head_key(recipient(person)))


def waiting(person: Person) -> int:
    """How many events wait in somebody's mailbox."""
    head = head_of(person)
    return 0 if head is None else len(head.queue)


def is_pending(person: Person) -> bool:
    """Whether the sweep would look at somebody's mailbox."""
    head = head_of(person)
    return head is not None and head.pending_shard is not None


def is_leased(person: Person) -> bool:
    """Whether somebody delivers the mailbox, or died while doing it."""
    head = head_of(person)
    return head is not None and head.lease_owner is not None


def remembered(person: Person, connection_id: str) -> list[Connection | MailboxConnection]:
    """The items that are kept of a connection: two, or none."""
    found = [get(connection_key(connection_id)), get(mailbox_connection_key(recipient(person), connection_id))]
    return [item for item in found if item is not None]


def before_release(engine: EmbeddedEngine, act: Callable[[], object]) -> Hook:
    """Act once, when a delivery has posted all it knew of and is just about to give its lease back."""
    acted: list[bool] = []

    def watch(_: str, request: dict[str, Any]) -> None:
        names = request.get("ExpressionAttributeNames", {}).values()
        if "pending_shard" in names and not acted:
            acted.append(True)
            act()

    return engine.before("UpdateItem", watch)


def before_connections_are_read(engine: EmbeddedEngine, act: Callable[[], object]) -> Hook:
    """Act once, when a delivery has its lease and is just about to look who is connected."""

    def look(*_: object) -> None:
        act()

    return engine.before("Query", look, times=1)


def mail(person: Person) -> list[tuple[str, dict[str, Any]]]:
    """The events that wait for somebody who is away, in order, as (event, data)."""
    head = head_of(person)
    found = [get(event_key(recipient(person), event_id)) for event_id in (head.queue if head else ())]
    return [(event.event, json.loads(event.data)) for event in found if event is not None]

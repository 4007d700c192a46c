"""Things to change that belong to no domain: shelves whose stock people count, and notes; and a runner to change them.

The write path is tested on these, so that its tests say nothing of deliveries and break only with the write path.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from chalicelib.audit.tables import AuditRow
from chalicelib.audit.trail import Trail
from chalicelib.core import aws, store
from chalicelib.core.actor import Actor
from chalicelib.core.ids import SystemIds
from chalicelib.core.runner import Runner
from chalicelib.core.settings import Settings, settings
from chalicelib.core.store import ItemKey
from chalicelib.core.table import DecimalAttribute, Entity, IntAttribute, Item, TableName, key, optional
from chalicelib.core.work import Staged, UnitOfWork
from chalicelib.identity.sessions.authentication import SessionAuthenticator
from chalicelib.identity.sessions.tokens import signer
from chalicelib.realtime.delivery import EventDelivery
from chalicelib.realtime.drain import Parts
from infra.local.engine import EmbeddedEngine
from infra.tables import Table, create_missing
from tests.builders.sockets import RecordingDeliveryTrigger, RecordingSender
from tests.builders.time import START, ManualClock

ANNA = Actor("demo", "anna", "r1")


class Shelf(Entity):
    """Something that people change."""

    class Meta:
        table_name = TableName("samples")

    kind = "shelf"
    unaudited = frozenset({"code"})

    stock = IntAttribute(default=0)
    place = optional(UnicodeAttribute())
    weight = optional(DecimalAttribute())
    code = optional(UnicodeAttribute())


class Note(Item):
    """Something that is written once."""

    class Meta:
        table_name = TableName("samples")

    kind = "note"

    text = UnicodeAttribute()


def shelf_key(name: str) -> ItemKey[Shelf]:
    """Where a shelf is."""
    return ItemKey(Shelf, key("demo", "SHELF", name), "SHELF")


def shelf(
    name: str = "a", version: int = 1, stock: int = 5, place: str | None = "hall", code: str | None = None
) -> Shelf:
    """A shelf as it was read."""
    where = shelf_key(name)
    return Shelf(where.pk, where.sk, version=version, stock=stock, place=place, code=code)


def note(name: str = "n", text: str = "hello") -> Note:
    """A new note."""
    return Note(key("demo", "NOTE", name), "NOTE", text=text)


def new_work() -> UnitOfWork:
    """An empty unit of work."""
    return UnitOfWork(START, SystemIds(ManualClock()))


def only(work: UnitOfWork) -> Staged:
    """The one thing that is staged."""
    (staged,) = work
    return staged


class Storehouse:
    """Shelves in an engine, and the real runner, audit trail and outbox over them."""

    def __init__(self, engine: EmbeddedEngine, config: Settings | None = None) -> None:
        self.engine = engine
        self.config = config or settings()
        self.clock = ManualClock()
        self.ids = SystemIds(self.clock)
        self.sender = RecordingSender()
        trail = Trail(self.clock, self.ids)
        authenticator = SessionAuthenticator(signer(self.config, self.clock), self.clock)
        parts = Parts(settings=self.config, clock=self.clock, sender=self.sender, authenticator=authenticator)
        outbox = EventDelivery(parts, self.ids, RecordingDeliveryTrigger())
        self.runner = Runner(self.config, self.clock, self.ids, trail, outbox)
        create_missing(
            aws.client("dynamodb"), [Table(Shelf.Meta.table_name, "samples", attributes={"pk": "S", "sk": "S"})]
        )
        self.sent: list[dict[str, Any]] = []
        """The transactions that were sent, also those that failed, from now on."""
        engine.before("TransactWriteItems", lambda _, request: self.sent.append(request))

    def run(self, decide: Callable[[UnitOfWork], Any]) -> Any:
        """Carry a decision through."""
        return self.runner.run(ANNA, decide)

    def fill(self, *shelves: Shelf) -> None:
        """Put shelves there, as they are."""
        for one in shelves:
            one.save()

    def stock(self, name: str) -> int | None:
        """What is on a shelf; None if there is none."""
        found = store.get(shelf_key(name))
        return None if found is None else found.stock

    def take_one(self, name: str) -> Callable[[UnitOfWork], int]:
        """The decision to take one from a shelf, on fresh reads; gives what is left."""

        def decide(work: UnitOfWork) -> int:
            found = store.get(shelf_key(name))
            assert found is not None
            work.audit("shelf", name, "TAKEN")
            work.update(found, {"stock": found.stock - 1})
            return found.stock

        return decide

    def everything(self) -> list[dict[str, Any]]:
        """All items of the samples' table and the audit trail, as they are stored."""
        client = aws.client("dynamodb")
        tables = (Shelf.Meta.table_name, AuditRow.Meta.table_name)
        return [item for table in tables for item in client.scan(TableName=table)["Items"]]

    def rows(self) -> list[AuditRow]:
        """The audit rows, oldest first."""
        items = aws.client("dynamodb").scan(TableName=AuditRow.Meta.table_name)["Items"]
        return sorted((AuditRow.from_raw_data(item) for item in items), key=lambda row: row.sk)

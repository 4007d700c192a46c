"""Things that the tests of the unit of work stage: a shelf whose stock people change, and a plain note."""

from __future__ import annotations

from pynamodb.attributes import UnicodeAttribute

from chalicelib.core.ids import SystemIds
from chalicelib.core.store import ItemKey
from chalicelib.core.table import DecimalAttribute, Entity, IntAttribute, Item, TableName, key, optional
from chalicelib.core.work import Staged, UnitOfWork
from tests.builders.time import START, ManualClock


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


def shelf(name: str = "a", version: int = 1, stock: int = 5, place: str | None = "hall") -> Shelf:
    """A shelf as it was read."""
    where = shelf_key(name)
    return Shelf(where.pk, where.sk, version=version, stock=stock, place=place)


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

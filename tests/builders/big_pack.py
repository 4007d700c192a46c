"""Writes a large pack to the store, as ten thousand scans would have.

One module is built through the API; the others are copies of its items.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from chalicelib.core import aws
from chalicelib.core.settings import settings
from chalicelib.core.table import Item
from chalicelib.manufacturing.list_keys import list_partition, list_sort_key
from chalicelib.manufacturing.tables import Module, Pack, module_key
from chalicelib.manufacturing.traceability.ledger_reader import read_whole_ledger
from chalicelib.manufacturing.traceability.tables import (
    LedgerEntry,
    LotUse,
    SerialNumber,
    ledger_key,
    lot_key,
    serial_key,
)
from tests.builders.manufacturing import Data, Line, registered

ItemT = TypeVar("ItemT", bound=Item)

_AT_ONCE = 25
_TRAY = 90


@dataclass(frozen=True, slots=True)
class Built:
    """A module of the big pack."""

    id: str
    serial: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class BigPack:
    """A pack that is ready for its test, with its contents in order."""

    id: str
    serial: str
    lot: str
    modules: list[Built]

    @property
    def below(self) -> list[tuple[str, str]]:
        """Return each module followed by its cells, as (kind, serial)."""
        return [
            one
            for module in self.modules
            for one in (("module", module.serial), *(("cell", serial) for serial in module.cells))
        ]


def big_pack(line: Line, *, modules: int = 200, cells: int = 48, lot: str = "LOT-1", trays: bool = True) -> BigPack:
    """Create a pack of modules with cells of one lot, bound by the tray or one by one."""
    batch = line.batch(cellsPerModule=cells, modulesPerPack=modules)
    template, tray = _template(line, batch), _TRAY if trays else 1
    pack = line.stored_pack(line.pack(batch))
    built = [Built(f"MOD-{line.world.ids.new()}", line.serial("M"), _cells(line, cells)) for _ in range(modules)]
    write(item for one in built for item in _module_items(template, one, pack, lot, tray))
    write(_pack_items(pack, built))
    return BigPack(pack.item_id, pack.serial, lot, built)


def write(items: Iterable[Item]) -> None:
    """Write items in batches."""
    client = aws.client("dynamodb", settings().dynamodb_endpoint)
    for some in _in_groups(list(items), _AT_ONCE):
        requests: dict[str, list[Any]] = {}
        for item in some:
            requests.setdefault(item.Meta.table_name, []).append({"PutRequest": {"Item": item.to_dynamodb_dict()}})
        assert not client.batch_write_item(RequestItems=requests).get("UnprocessedItems")


@dataclass(frozen=True, slots=True)
class _Template:
    """The items of a sealed module: itself, a ledger entry, its serial number and one of a cell."""

    module: Module
    entry: LedgerEntry
    serial: SerialNumber
    cell: SerialNumber


def _template(line: Line, batch: Data) -> _Template:
    module, cells = line.module(batch), _cells(line, batch["sku"]["cellsPerModule"])
    for tray in _in_groups(cells, _TRAY):
        assert line.bind_tray(module, list(tray)).status == 200
    assert line.seal("modules", module).status == 200
    stored, serial, cell = line.stored_module(module), registered(module["serial"]), registered(cells[0])
    assert serial is not None
    assert cell is not None
    return _Template(stored, read_whole_ledger(stored.pk)[0], serial, cell)


def _cells(line: Line, number: int) -> list[str]:
    return [line.serial("C") for _ in range(number)]


def _module_items(template: _Template, one: Built, pack: Pack, lot: str, tray: int) -> Iterator[Item]:
    """Yield a module with its ledger. Only its last cell is in the registry, for tests that trace it."""
    first, org_id = template.module, template.module.org_id
    where, registered_at = module_key(org_id, one.id), serial_key(one.serial)
    lists = {
        "org_list": list_partition(org_id, "module", None, one.id),
        "sku_list": list_partition(org_id, "module", first.sku_id, one.id),
        "batch_list": list_partition(org_id, "module", first.batch_id, one.id),
        "sort_key": list_sort_key(first.status, one.id),
    }
    packed = {"pack_id": pack.item_id, "packed_at": pack.updated_at}
    yield _copy(first, where, item_id=one.id, serial=one.serial, search=one.serial.lower(), **lists, **packed)
    yield _copy(template.serial, registered_at, serial=one.serial, holder_id=one.id)
    entry = ledger_key(where.pk, 0, "")
    for number, serials in enumerate(_in_groups(one.cells, tray), 1):
        entry = ledger_key(where.pk, number, f"entry-{number}")
        yield _copy(template.entry, entry, holder_id=one.id, serials=list(serials), lot=lot)
    last = one.cells[-1]
    yield _copy(template.cell, serial_key(last), serial=last, holder_id=one.id, entry=entry.sk, lot=lot)
    use = lot_key(org_id, lot, one.id)
    yield LotUse(use.pk, use.sk, module_id=one.id, lot=lot, cells=len(one.cells))


def _pack_items(pack: Pack, modules: Sequence[Built]) -> Iterator[Item]:
    for number, some in enumerate(_in_groups(modules, _TRAY), 1):
        where = ledger_key(pack.pk, number, f"entry-{number}")
        yield LedgerEntry(
            where.pk,
            where.sk,
            org_id=pack.org_id,
            holder_id=pack.item_id,
            change="BOUND",
            serials=[one.serial for one in some],
            part_ids=[one.id for one in some],
            at=pack.updated_at,
            by=pack.created_by,
        )
    ready = "READY_FOR_EOL"
    yield _copy(
        pack,
        pack,
        bound=len(modules),
        status=ready,
        sort_key=list_sort_key(ready, pack.item_id),
        sealed_at=pack.updated_at,
    )


def _copy(item: ItemT, key: Any, **changes: object) -> ItemT:
    """Return a copy of an item with another key and other values."""
    values = {**item.attribute_values, **changes, "pk": key.pk, "sk": key.sk}
    made = type(item)()
    for name, value in values.items():
        setattr(made, name, value)
    return made


def _in_groups(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]

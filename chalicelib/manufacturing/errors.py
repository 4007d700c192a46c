"""The errors of manufacturing."""

from collections.abc import Mapping, Sequence
from typing import Self

from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.transitions import transition_conflict
from chalicelib.manufacturing.rules import STATE_MACHINES
from chalicelib.manufacturing.tables import ListedEntity


class DuplicateSerial(Conflict):
    """A serial number is in use, as a cell, module or pack of any organisation.

    `details.duplicates` lists each such number as `{serial, usedAs, moduleId or packId}`: `usedAs` is `CELL`, `MODULE`
    or `PACK`, the id that of the module or pack itself or of the module that holds the cell. For a number of another
    organisation only `serial` is given. `details` itself holds the first of them too.
    """

    code, summary = "DUPLICATE_SERIAL", "This serial number is already in use."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        use = {"serial": "C-0001", "usedAs": "CELL", "moduleId": "MOD-019ceb1b-2248-7c1a-9d3f-2a8c5e41b7d0"}
        return cls(f"Already in use: {use['serial']}.", details={**use, "duplicates": [use]})


class LotConflict(Conflict):
    """A cell has another lot than the given one; it keeps the lot that it was first given, also while it is unbound.

    `details.conflicts` lists each such cell as `{serial, lot, givenLot}`; `details` itself holds the first of them too.
    """

    code, summary = "LOT_CONFLICT", "This cell has another lot."

    def __init__(self, conflicts: Sequence[Mapping[str, str]]) -> None:
        cells = ", ".join(f"{one['serial']} is of lot {one['lot']}" for one in conflicts)
        super().__init__(f"Not of the given lot: {cells}.", details={**conflicts[0], "conflicts": list(conflicts)})

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls([{"serial": "C-0001", "lot": "LOT-2026-03", "givenLot": "LOT-2026-04"}])


class SkuCodeTaken(Conflict):
    """Another SKU of the organisation has this code. `details` are `skuCode` and `skuId`, the id of that SKU."""

    code, summary = "DUPLICATE_SKU_CODE", "Another SKU has this code."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls(details={"skuCode": "TR-60", "skuId": "SKU-019ceb1b-2248-7c1a-9d3f-2a8c5e41b7d0"})


class SerialNotFound(NotFound):
    """The organisation has never used a serial number. `details.serial` is that number."""

    def __init__(self, serial: str) -> None:
        super().__init__(f"Serial number {serial} not found.", details={"serial": serial})

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls("C-0001")


class ModulesNotFound(NotFound):
    """Some of the modules that a request names do not exist.

    `details.moduleIds` are their ids, `details.moduleId` is the first of them.
    """

    def __init__(self, module_ids: Sequence[str]) -> None:
        details = {"moduleId": module_ids[0], "moduleIds": list(module_ids)}
        super().__init__(f"Modules not found: {', '.join(module_ids)}.", details=details)

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls(["MOD-019ceb1b-2248-7c1a-9d3f-2a8c5e41b7d0"])


def line_conflict(entity: ListedEntity, action: str, missing: Sequence[str] = (), **details: object) -> Conflict:
    """Return the conflict of an action on an entity; `missing` says in words what is missing."""
    more = {f"{entity.kind}Id": entity.item_id, **details}
    return transition_conflict(STATE_MACHINES[entity.kind], entity.status, action, missing=missing, details=more)

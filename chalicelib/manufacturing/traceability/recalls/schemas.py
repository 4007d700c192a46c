"""Requests and responses of recall cases."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.core.pagination import check_period
from chalicelib.edge.types import SCAN, Cursor, Moment, Text500
from chalicelib.manufacturing.schemas import ListQuery
from chalicelib.manufacturing.sku_spec import Lot, ScannedSerial
from chalicelib.manufacturing.traceability.recalls.rules import RecallStatus
from chalicelib.manufacturing.traceability.rules import recorded_part_errors

MAX_LOTS = 100
MAX_SERIALS = 1000
MAX_MARKED = 90
MAX_UNITS = 1000


class OpenRecall(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"since": "from", "until": "to"}):
    """What is recalled and why; at least one lot or serial number."""

    reason: Text500
    """Why the units are recalled; the case and the audit trail show it."""
    lots: Annotated[list[Lot], Meta(max_length=MAX_LOTS)] = []
    """Lots of cells. Upper and lower case do not matter, and one of which no cell was ever bound is listed in
    `unknownLots`."""
    serials: Annotated[list[ScannedSerial], Meta(max_length=MAX_SERIALS)] = []
    """Serial numbers of cells, modules or packs, or scanned GS1 codes with them. One that was never used is listed in
    `unknownSerials` of the case."""
    since: Moment | None = None
    """Only cells that were bound at this time or later. Without it there is no such bound. It does not matter for
    modules and packs in `serials`."""
    until: Moment | None = None
    """Only cells that were bound at this time or earlier. Without it up to now."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the errors of serial numbers, and of a period that ends before it begins."""
        return {**check_period(present), **recorded_part_errors(present)}


class EndRecall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a case is closed, canceled or opened again."""

    reason: Text500
    """The reason; the case and the audit trail show it."""


class HandleUnits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Units that were dealt with."""

    serials: Annotated[list[ScannedSerial], Meta(min_length=1, max_length=MAX_MARKED)]
    """Serial numbers of units of the case, or scanned GS1 codes with them."""
    handled: bool = True
    """Whether they are dealt with; false takes an earlier mark back."""
    note: Text500 | None = None
    """What was done, such as where the pack was replaced."""

    cross_check = staticmethod(recorded_part_errors)


class RecallProgress(msgspec.Struct, frozen=True):
    """How many of the affected units are on the list. It is complete once both numbers are equal."""

    done: int
    """The number of units that were collected."""
    total: int
    """The number of units of the case. While they are being collected it is an estimate, and more than `done`."""


class RecallView(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, rename="camel"):
    """A recall case. Its affected units are listed by `GET /v1/recalls/{recall_id}/units`."""

    id: str
    """The id of the case (`REC-...`)."""
    status: RecallStatus
    """The status of the case."""
    reason: str
    """Why the units are recalled."""
    lots: list[str]
    """The lots of the case, each once."""
    unknown_lots: list[str]
    """Those of its lots of which no cell was ever bound: they affect nothing."""
    serial_count: int
    """The number of serial numbers that the case names."""
    progress: RecallProgress
    """How far the affected units were collected."""
    units: int
    """The number of affected units that were collected."""
    handled: int
    """The number of them that were marked as dealt with."""
    version: int
    """The version, which changes with the case and while its units are collected; send it as `If-Match`."""
    created_at: datetime
    """When the case was opened, UTC. Later changes of what is bound do not change its list."""
    updated_at: datetime
    """When the case was changed last, UTC."""
    since: datetime | None = msgspec.field(default=None, name="from")
    """The begin of the period of binding, UTC. Absent if none was given."""
    until: datetime | None = msgspec.field(default=None, name="to")
    """The end of the period of binding, UTC. Absent if none was given."""
    collected_at: datetime | None = None
    """When the last unit was collected, UTC. Absent before."""
    ended_at: datetime | None = None
    """When the case was closed or canceled, UTC. Absent before, and once it is opened again."""
    end_reason: str | None = None
    """Why the case was closed, canceled or opened again. Absent if none of this happened."""


class RecallDetail(RecallView, frozen=True, omit_defaults=True, kw_only=True, rename="camel"):
    """A recall case with the serial numbers that it names."""

    serials: list[str]
    """The serial numbers of the case, each once."""
    unknown_serials: list[str]
    """Those of them that this organisation has never used: they affect nothing. Complete once the case is `OPEN`."""


class RecalledUnitView(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, rename="camel"):
    """An affected unit, as it was when it was collected; `GET /v1/trace/{serial}` tells where it is today."""

    serial: str
    """The serial number of the unit."""
    kind: Literal["cell", "module", "pack"]
    """What the unit is: a cell of a lot, or what a serial number of the case names."""
    status: str
    """Of a cell `BOUND`, `REMOVED` if it was in no module, or `SCRAPPED` with its module; of a module or pack its
    status."""
    collected_at: datetime
    """When this was read, UTC: moments after the case was opened."""
    lots: list[str] = []
    """The lots of the case that the cell was bound under, and of a cell that the case names all of its lots. Absent if
    there are none."""
    bound_at: datetime | None = None
    """When the cell was bound, UTC: the newest binding within the period of the case. Absent for modules and packs."""
    module_id: str | None = None
    """The id of the module that held the cell, or of the module itself. Absent for packs and removed cells."""
    module_serial: str | None = None
    """The serial number of that module. Absent if there was none."""
    module_status: str | None = None
    """The status of that module. Absent if there was none."""
    pack_id: str | None = None
    """The id of the pack that held the module, or of the pack itself. Absent if there was none."""
    pack_serial: str | None = None
    """The serial number of that pack. Absent if there was none."""
    pack_status: str | None = None
    """The status of that pack. Absent if there was none."""
    disposition: str | None = None
    """The newest disposition of that pack. Absent before the first one."""
    customer: str | None = None
    """The customer to whom that pack was shipped last. Absent if it never was."""
    order: str | None = None
    """The customer's order of that shipment. Absent if none was given."""
    shipped_at: datetime | None = None
    """When that pack was shipped last, UTC. Absent if it never was."""
    returned_at: datetime | None = None
    """When that pack came back from that shipment, UTC. Absent if it did not."""
    handled_at: datetime | None = None
    """When the unit was marked as dealt with, UTC. Absent if it was not."""
    handled_by: str | None = None
    """Who marked it. Absent if it was not marked."""
    note: str | None = None
    """What was done. Absent if that was not given."""


class RecallQuery(ListQuery, frozen=True, rename="camel"):
    """The filters of recall cases."""

    status: RecallStatus | None = None
    """Only cases with this status."""
    q: Annotated[str, SCAN, Meta(max_length=100)] | None = None
    """Only cases that contain this text in their id, reason or lots. Case does not matter."""


class UnitsQuery(msgspec.Struct, frozen=True):
    """The part of the units to return."""

    limit: Annotated[int, Meta(ge=1, le=MAX_UNITS)] = 100
    """The largest number of units on the page."""
    cursor: Cursor | None = None
    """The `nextCursor` of the previous page of the same case."""

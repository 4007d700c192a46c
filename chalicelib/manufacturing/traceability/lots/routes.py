"""Endpoints of lots of cells."""

from chalicelib.core.pagination import Page
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.imports import importing
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.assembly.holds.blocking import holds_resource
from chalicelib.manufacturing.errors import SerialNotFound
from chalicelib.manufacturing.traceability.lots import queries, service
from chalicelib.manufacturing.traceability.lots.errors import LotTaken, TooManyBlockedLots
from chalicelib.manufacturing.traceability.lots.examples import BLOCKED_LOT, CELL, LISTED_LOT, LOT, NEW_LOT
from chalicelib.manufacturing.traceability.lots.imports import CELLS
from chalicelib.manufacturing.traceability.lots.queries import CellLots
from chalicelib.manufacturing.traceability.lots.schemas import (
    CellLotQuery,
    CellLotView,
    ChangeLotStatus,
    CorrectLot,
    CreateCellLot,
    LotOfCells,
)
from chalicelib.manufacturing.traceability.lots.tables import CellLot, cell_lot_key
from chalicelib.manufacturing.traceability.lots.views import cell_lot_view, lot_view
from chalicelib.manufacturing.traceability.tables import SerialNumber, registry_key
from chalicelib.manufacturing.views import cursor_response, envelope_response

routes = Routes(__name__, "Battery console")

# The registry spans organisations, so existence and scope are checked by the use cases.
_CELL = Resource(key=registry_key, id_from=("serial",), required=False, in_scope=False)
_CELL_RESPONSE = envelope_response(CellLotView, cell_lot_view)
_LOT = Resource(key=cell_lot_key, id_from=("lot",), id_name="lot", in_scope=False)
_LOT_RESPONSE = envelope_response(LotOfCells, lot_view)


@routes.get(
    "/v1/cell-lots",
    permission=permissions.READ_LOT,
    query=CellLotQuery,
    **cursor_response(LotOfCells, lot_view),
    examples={"response": {"data": [LISTED_LOT], "meta": {"nextCursor": None}}},
)
def list_cell_lots(request: Request[Empty, CellLotQuery]) -> Page[CellLot]:
    """List the lots of cells that were recorded, newest first.

    A new lot appears within moments.
    """
    return queries.list_cell_lots(request.actor, request.query)


@routes.post(
    "/v1/cell-lots",
    permission=permissions.CREATE_LOT,
    body=CreateCellLot,
    **_LOT_RESPONSE,
    status=201,
    errors=[LotTaken],
    audit_target=AuditTarget(CellLot.kind, "CELL_LOT_CREATED"),
    examples={"request": NEW_LOT, "response": {"data": LOT}},
)
def create_cell_lot(request: Request[CreateCellLot, Empty], work: UnitOfWork) -> CellLot:
    """Record a lot of cells, with its supplier. It is released.

    Cells can be bound with lots that are not recorded. A lot is recorded at any time, for instance to block it.
    """
    return service.create_cell_lot(work, request.body, request.actor)


@routes.get(
    "/v1/cell-lots/{lot}",
    permission=permissions.READ_LOT,
    resource=_LOT,
    **_LOT_RESPONSE,
    examples={"response": {"data": LOT}},
)
def get_cell_lot(request: Request[Empty, Empty, CellLot]) -> CellLot:
    """Get a lot of cells; upper and lower case do not differ."""
    return request.resource


@routes.patch(
    "/v1/cell-lots/{lot}/status",
    permission=permissions.CHANGE_LOT_STATUS,
    resource=_LOT,
    related={"holds": holds_resource()},
    body=ChangeLotStatus,
    **_LOT_RESPONSE,
    errors=[TooManyBlockedLots],
    audit_target=AuditTarget(CellLot.kind, "CELL_LOT_STATUS_CHANGED", "lot"),
    examples={
        "request": {"status": "BLOCKED", "reason": "Swollen cells at the incoming inspection"},
        "response": {"data": BLOCKED_LOT},
    },
)
def change_cell_lot_status(request: Request[ChangeLotStatus, Empty, CellLot], work: UnitOfWork) -> CellLot:
    """Block a lot of cells, or release it.

    From the moment of the response on no cell of a blocked lot is bound, also none that was given the lot earlier: 409
    `LOT_BLOCKED`. What is bound stays bound; a hold of the lot stops that too.
    """
    return service.change_lot_status(work, request.resource, request.body, holds=request.related["holds"])


@routes.get(
    "/v1/cells/{serial}/lot",
    permission=permissions.READ_LOT,
    resource=_CELL,
    **_CELL_RESPONSE,
    errors=[SerialNotFound],
    examples={"response": {"data": CELL}},
)
def get_lot_of_cell(request: Request[Empty, Empty, SerialNumber | None]) -> CellLots:
    """Get the lot of a cell, wherever it is, and the newest corrections of it."""
    return queries.get_cell(request.actor, request.resource, request.path["serial"])


@routes.patch(
    "/v1/cells/{serial}/lot",
    permission=permissions.CORRECT_LOT,
    resource=_CELL,
    related={"holds": holds_resource("serial")},
    body=CorrectLot,
    **_CELL_RESPONSE,
    errors=[SerialNotFound],
    audit_target=AuditTarget(SerialNumber.kind, "LOT_CORRECTED", "serial"),
    examples={
        "request": {"lot": "LOT-2026-04", "reason": "The label of the box was misread."},
        "response": {"data": CELL},
    },
)
def correct_cell_lot(request: Request[CorrectLot, Empty, SerialNumber | None], work: UnitOfWork) -> CellLots:
    """Correct the lot of a cell at any time, also in a sealed module, in a shipped pack, and while it is unbound.

    What was recorded before stays; the correction is an event of the histories of the cell, its module and its pack. A
    recall finds the cell by this lot and by every lot that it had before.
    """
    found = service.FoundCell(request.path["serial"], request.resource)
    return service.correct_lot(work, found, request.body, request.actor, holds=request.related["holds"])


importing(routes, CELLS)

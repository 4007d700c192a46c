"""Endpoints of lots of cells."""

from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.imports import importing
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.errors import SerialNotFound
from chalicelib.manufacturing.traceability.lots import queries, service
from chalicelib.manufacturing.traceability.lots.examples import CELL
from chalicelib.manufacturing.traceability.lots.imports import CELLS
from chalicelib.manufacturing.traceability.lots.queries import CellLots
from chalicelib.manufacturing.traceability.lots.schemas import CellLotView, CorrectLot
from chalicelib.manufacturing.traceability.lots.views import cell_lot_view
from chalicelib.manufacturing.traceability.tables import SerialNumber, registry_key
from chalicelib.manufacturing.views import envelope_response

routes = Routes(__name__, "Battery console")

# The registry spans organisations, so existence and scope are checked by the use cases.
_CELL = Resource(key=registry_key, id_from=("serial",), required=False, in_scope=False)
_CELL_RESPONSE = envelope_response(CellLotView, cell_lot_view)


@routes.get(
    "/v1/cells/{serial}/lot",
    permission=permissions.READ_LOT,
    resource=_CELL,
    **_CELL_RESPONSE,
    errors=[SerialNotFound],
    examples={"response": {"data": CELL}},
)
def get_cell_lot(request: Request[Empty, Empty, SerialNumber | None]) -> CellLots:
    """Get the lot of a cell, wherever it is, and the newest corrections of it."""
    return queries.get_cell(request.actor, request.resource, request.path["serial"])


@routes.patch(
    "/v1/cells/{serial}/lot",
    permission=permissions.CORRECT_LOT,
    resource=_CELL,
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
    return service.correct_lot(work, request.resource, request.path["serial"], request.body, request.actor)


importing(routes, CELLS)

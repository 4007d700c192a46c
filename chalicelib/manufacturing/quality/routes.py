"""Endpoints of dispositions."""

from chalicelib.core.pagination import CursorRequest, Page
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.identity.settings import ORGANISATION_RESOURCE
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.assembly.holds.blocking import holds_resource
from chalicelib.manufacturing.assembly.holds.errors import OnHold
from chalicelib.manufacturing.assembly.schemas import PackView
from chalicelib.manufacturing.assembly.views import pack_view
from chalicelib.manufacturing.examples import FINALIZED_PACK
from chalicelib.manufacturing.quality import queries, service
from chalicelib.manufacturing.quality.examples import DECIDED, DECISION
from chalicelib.manufacturing.quality.schemas import Decision, DecisionView
from chalicelib.manufacturing.quality.tables import DispositionRecord
from chalicelib.manufacturing.quality.views import decision_view
from chalicelib.manufacturing.resources import PACK_RESOURCE
from chalicelib.manufacturing.rules import LineAction
from chalicelib.manufacturing.tables import Pack
from chalicelib.manufacturing.views import cursor_response, envelope_response

routes = Routes(__name__, "Battery console")


@routes.get(
    "/v1/packs/{pack_id}/dispositions",
    permission=permissions.READ_PACK,
    resource=PACK_RESOURCE,
    query=CursorRequest,
    **cursor_response(DecisionView, decision_view),
    examples={"response": {"data": [DECIDED], "meta": {"nextCursor": None}}},
)
def list_dispositions(request: Request[Empty, CursorRequest, Pack]) -> Page[DispositionRecord]:
    """List all dispositions of a pack, newest first.

    A page is shorter than `limit` if the dispositions on it have many long measurements.
    """
    return queries.list_dispositions(request.resource, request.query)


@routes.patch(
    "/v1/packs/{pack_id}/disposition",
    permission=permissions.DISPOSE_PACK,
    resource=PACK_RESOURCE,
    related={"holds": holds_resource("pack_id"), "organisation": ORGANISATION_RESOURCE},
    transition=LineAction.DISPOSITION,
    body=Decision,
    **envelope_response(PackView, pack_view),
    errors=[OnHold],
    audit_target=AuditTarget(Pack.kind, "PACK_DISPOSITION", "pack_id"),
    examples={"request": DECISION, "response": {"data": FINALIZED_PACK}},
)
def dispose_pack(request: Request[Decision, Empty, Pack], work: UnitOfWork) -> Pack:
    """Pass, fail or quarantine a sealed pack after its end-of-line test.

    `PASS` and `FAIL` finalize it and count in its batch; `QUARANTINE` leaves it for a later decision. `PASS` needs a
    measurement within every limit of the SKU, and of every required step of its `tests` that the newest test since the
    pack was sealed passed. Otherwise the response is 409: `details.measurements` lists each value as `{name, problem,
    value, min, max, unit}`, where `problem` is `missing`, `below` or `above`, and `details.tests` each step as `{step,
    problem}`, where `problem` is `missing`, `outdated` or `failed`.
    A pack that is on hold, or holds something that is, cannot pass: 409 `ON_HOLD`.
    """
    holds, organisation = request.related["holds"], request.related["organisation"]
    pack, command, actor = request.resource, request.body, request.actor
    return service.dispose_pack(work, pack, command, actor, holds=holds, organisation=organisation)

"""Endpoints of tests."""

from chalicelib.core.pagination import Page
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.imports import importing
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.identity.settings import ORGANISATION_RESOURCE
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.errors import SerialNotFound
from chalicelib.manufacturing.quality.tests import queries, service
from chalicelib.manufacturing.quality.tests.examples import FAILED_TEST, NEW_TEST, TEST
from chalicelib.manufacturing.quality.tests.imports import TESTS
from chalicelib.manufacturing.quality.tests.schemas import RecordTest, UnitTestQuery, UnitTestView
from chalicelib.manufacturing.quality.tests.tables import UnitTestRecord
from chalicelib.manufacturing.quality.tests.views import unit_test_view
from chalicelib.manufacturing.schemas import Envelope
from chalicelib.manufacturing.traceability.tables import SerialNumber, registry_key
from chalicelib.manufacturing.views import cursor_response

routes = Routes(__name__, "Battery console")

_NUMBER = Resource(key=registry_key, id_from=("serial",), required=False, in_scope=False)


@routes.get(
    "/v1/units/{serial}/tests",
    permission=permissions.READ_TEST,
    resource=_NUMBER,
    query=UnitTestQuery,
    **cursor_response(UnitTestView, unit_test_view),
    errors=[SerialNotFound],
    examples={"path": {"serial": "M-0001"}, "response": {"data": [FAILED_TEST], "meta": {"nextCursor": None}}},
)
def list_unit_tests(request: Request[Empty, UnitTestQuery, SerialNumber | None]) -> Page[UnitTestRecord]:
    """List all tests of a module or pack, newest first.

    A page is shorter than `limit` if the tests on it have many long measurements. With `step` a page shows what is of
    this step in about 1 MB of tests, so it may be short or empty and still have a `nextCursor`.
    """
    return queries.list_unit_tests(request.actor, request.resource, request.path["serial"], request.query)


@routes.post(
    "/v1/units/{serial}/tests",
    permission=permissions.RECORD_TEST,
    resource=_NUMBER,
    related={"organisation": ORGANISATION_RESOURCE},
    body=RecordTest,
    returns=Envelope[UnitTestView],
    view=lambda record: Envelope(unit_test_view(record)),
    status=201,
    errors=[SerialNotFound],
    audit_target=AuditTarget("unit", "TEST_RECORDED", "serial"),
    examples={"path": {"serial": "P-0001"}, "request": TEST, "response": {"data": NEW_TEST}},
)
def record_test(request: Request[RecordTest, Empty, SerialNumber | None], work: UnitOfWork) -> UnitTestRecord:
    """Record a test of a module or pack, by its serial number or a scanned code with it.

    The SKU plans the steps of its packs (`tests`) and modules (`moduleTests`). `passed` says whether the result is
    `PASS` and every limit of the step was met. The disposition `PASS` needs, for each required step, that the newest
    test passed since the pack was sealed; sealing a module needs the same of its steps since its last cell was bound
    or unbound. Tests are recorded in every status, and the newest is the one that arrived last.
    """
    serial, organisation = request.path["serial"], request.related["organisation"]
    number, command, actor = request.resource, request.body, request.actor
    return service.record_test(work, number, command, actor, serial=serial, organisation=organisation)


importing(routes, TESTS)

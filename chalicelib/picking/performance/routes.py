"""The endpoint of the performance of picking."""

from typing import Any

from chalicelib.edge.csv_response import CSV, csv_response, prefers_csv
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import Resource
from chalicelib.edge.request import Empty, Request, Response
from chalicelib.edge.routes import Routes
from chalicelib.identity.accounts.tables import organisation_key
from chalicelib.picking import permissions
from chalicelib.picking.performance import queries, views
from chalicelib.picking.performance.examples import REPORT
from chalicelib.picking.performance.schemas import PerformanceQuery, PerformanceReport

routes = Routes(__name__, "Pick scanner")

ORGANISATION = Resource(key=organisation_key, id_from=(), required=False)


@routes.get(
    "/v1/picking/performance",
    permission=permissions.READ_PERFORMANCE,
    related={"organisation": ORGANISATION},
    query=PerformanceQuery,
    returns=PerformanceReport,
    other_media_types=[CSV],
    examples={"response": REPORT},
)
def get_performance(request: Request[Empty, PerformanceQuery]) -> Response[Any] | PerformanceReport:
    """Get how much was picked and how fast, by person, zone or day.

    The answer is complete. With `Accept: text/csv` it is a CSV file with a header and the same rows. Late events, undo
    and breaks change the figures of the day on which they happened.
    """
    organisation, now = request.related["organisation"], dependencies().clock.now()
    report = views.report_view(queries.get_performance(request.actor, request.query, organisation, now))
    if not prefers_csv(request.client.accept):
        return report
    return csv_response(views.csv_rows(report), f"performance-{report.since}-{report.until}.csv")

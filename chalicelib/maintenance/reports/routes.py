"""The endpoint of the report on work orders."""

from typing import Any

from chalicelib.edge.csv_response import CSV, csv_response, prefers_csv
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.request import Empty, Request, Response
from chalicelib.edge.routes import Routes
from chalicelib.maintenance import permissions
from chalicelib.maintenance.reports import queries, views
from chalicelib.maintenance.reports.examples import REPORT
from chalicelib.maintenance.reports.schemas import WorkOrderReport, WorkOrderReportQuery
from chalicelib.maintenance.resources import ORGANISATION

routes = Routes(__name__, "Maintenance")


@routes.get(
    "/v1/reports/work-orders",
    permission=permissions.READ_REPORTS,
    related={"organisation": ORGANISATION},
    query=WorkOrderReportQuery,
    returns=WorkOrderReport,
    other_media_types=[CSV],
    examples={"response": REPORT},
)
def get_work_order_report(request: Request[Empty, WorkOrderReportQuery]) -> Response[Any] | WorkOrderReport:
    """Get how many work orders were opened, done and overdue, and what repairs took, by ride, technician or zone.

    The answer is complete, for the game zone of the caller unless the permission covers the organisation. With
    `Accept: text/csv` it is a CSV file with a header and the same rows. A work order that is opened again no longer
    counts as done.
    """
    organisation, now = request.related["organisation"], dependencies().clock.now()
    report = views.report_view(queries.get_report(request.actor, request.query, organisation, now))
    if not prefers_csv(request.client.accept):
        return report
    return csv_response(views.csv_rows(report), f"work-orders-{report.since}-{report.until}.csv")

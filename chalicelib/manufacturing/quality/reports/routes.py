"""The endpoint of the report on the line."""

from typing import Any

from chalicelib.edge.csv_response import CSV, csv_response, prefers_csv
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.request import Empty, Request, Response
from chalicelib.edge.routes import Routes
from chalicelib.identity.settings import ORGANISATION_RESOURCE
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.quality.reports import queries, views
from chalicelib.manufacturing.quality.reports.examples import LINE_REPORT
from chalicelib.manufacturing.quality.reports.schemas import LineReport, LineReportQuery
from chalicelib.manufacturing.schemas import Envelope

routes = Routes(__name__, "Battery console")


@routes.get(
    "/v1/reports/line",
    permission=permissions.READ_LINE_REPORT,
    related={"organisation": ORGANISATION_RESOURCE},
    query=LineReportQuery,
    returns=Envelope[LineReport],
    other_media_types=[CSV],
    examples={"response": {"data": LINE_REPORT}},
)
def get_line_report(request: Request[Empty, LineReportQuery]) -> Response[Any] | Envelope[LineReport]:
    """Get first-pass yield, failures by measurement, and Cp and Cpk of each limit, by SKU, batch or station.

    The first-pass yield is the part of the packs decided on for the first time whose first disposition is `PASS`. Tests
    count on the day on which they were recorded. With `Accept: text/csv` the answer is a CSV file with a row for each
    measurement, which repeats the figures of its SKU, batch or station. A report of more than 5,000 rows is 422.
    """
    organisation, now = request.related["organisation"], dependencies().clock.now()
    report = views.line_report_view(queries.get_line_report(request.actor, request.query, organisation, now))
    if not prefers_csv(request.client.accept):
        return Envelope(report)
    return csv_response(views.csv_rows(report), f"line-{report.since}-{report.until}.csv")

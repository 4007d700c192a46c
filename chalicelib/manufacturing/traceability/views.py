"""Histories as HTTP responses."""

from datetime import datetime
from urllib.parse import quote

from chalicelib.edge.request import Response
from chalicelib.manufacturing.traceability.epcis_document import EpcisDocument, epcis_document
from chalicelib.manufacturing.traceability.history import HistoryPage


def history_response(page: HistoryPage, per_page: int, now: datetime) -> Response[EpcisDocument]:
    """Return a page of a history as a document; a `Link` header names the next page.

    That address is relative to this one's, so that it holds behind any host and stage.
    """
    headers = {"GS1-EPCIS-Version": "2.0.0", "GS1-CBV-Version": "2.0.0"}
    if page.next_cursor is not None:
        token = quote(page.next_cursor)
        headers["Link"] = f'<export?perPage={per_page}&nextPageToken={token}>; rel="next"'
    return Response(epcis_document(page.events, now), headers=headers)

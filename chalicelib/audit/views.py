"""Audit rows as clients read them."""

import msgspec
from msgspec import UNSET

from chalicelib.audit.schemas import AuditClient, AuditMeta, AuditPage, AuditRowView
from chalicelib.audit.tables import AuditRow
from chalicelib.core.pagination import Page


def audit_page_view(page: Page[AuditRow]) -> AuditPage:
    """Return a page of rows."""
    return AuditPage([_row_view(row) for row in page.items], AuditMeta(page.next_cursor))


def _row_view(row: AuditRow) -> AuditRowView:
    diff = None if row.payload_diff is None else msgspec.json.decode(row.payload_diff)
    client = None if row.client_address is None else AuditClient(row.client_address, row.user_agent or "")
    return AuditRowView(
        actor_id=row.actor_id,
        entity_id=row.entity_id,
        entity_type=row.entity_type,
        action_type=row.action_type,
        timestamp=row.timestamp,
        payload_diff=diff,
        outcome=row.outcome,
        request_id=row.request_id,
        org_id=row.org_id,
        actor_name=UNSET if row.actor_name is None else row.actor_name,
        client=client,
        repeated=row.repeated or 0,
    )

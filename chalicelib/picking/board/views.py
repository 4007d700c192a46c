"""Zones and pickers as clients read them."""

from chalicelib.core.pagination import Page
from chalicelib.picking.board.queries import CountedZone, PickerNow
from chalicelib.picking.board.schemas import PickerPage, PickerView, ZonePage, ZoneView


def zone_page_view(page: Page[CountedZone]) -> ZonePage:
    """Return a page of zones."""
    return ZonePage([ZoneView(one.zone, one.queued, one.active) for one in page.items], page.next_cursor)


def picker_page_view(page: Page[PickerNow]) -> PickerPage:
    """Return a page of pickers."""
    return PickerPage([_picker_view(one) for one in page.items], page.next_cursor)


def _picker_view(now: PickerNow) -> PickerView:
    held = sorted((now.picker.held or ()) if now.picker else ())
    return PickerView(now.user.user_id, now.user.full_name, now.role_name, held)

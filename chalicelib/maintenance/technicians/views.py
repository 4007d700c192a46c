"""Technicians as clients read them."""

from chalicelib.core.pagination import Page
from chalicelib.maintenance.technicians.queries import CountedTechnician
from chalicelib.maintenance.technicians.schemas import TechnicianPage, TechnicianView


def technician_page_view(page: Page[CountedTechnician]) -> TechnicianPage:
    """Return a page of technicians."""
    return TechnicianPage([_technician_view(one) for one in page.items], page.next_cursor)


def _technician_view(technician: CountedTechnician) -> TechnicianView:
    user = technician.user
    return TechnicianView(
        id=user.user_id,
        name=user.full_name,
        game_zone=user.game_zone,
        team=user.team,
        skills=list(user.skills or ()),
        open_orders=technician.open_orders,
    )

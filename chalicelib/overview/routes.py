"""What runs today in each domain: numbers by state and by hour."""

from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.maintenance.resources import ORGANISATION
from chalicelib.overview import examples, queries, views
from chalicelib.overview.schemas import OverviewView

routes = Routes(__name__, "Overview")


@routes.get(
    "/v1/overview",
    permission=None,
    related={"organisation": ORGANISATION},
    returns=OverviewView,
    view=views.overview_view,
    examples={"response": examples.OVERVIEW},
)
def get_overview(request: Request[Empty]) -> queries.Overview:
    """Get what runs today in each domain that the caller may see.

    A domain has a section if the caller's permission to list its orders, assignments, shipments, work orders or packs
    covers the organisation; work orders of a game zone are enough, and then its section is about this zone. Numbers are
    of this moment, except for those of finished work, which are of today, since midnight UTC. Poll it with
    `If-None-Match`.
    """
    return queries.get_overview(request.actor, request.related["organisation"], dependencies().clock)

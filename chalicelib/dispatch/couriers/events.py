"""The socket events of couriers."""

from chalicelib.dispatch.couriers.schemas import CourierPosition
from chalicelib.edge.socket_events import SocketEvent
from chalicelib.realtime.events import ERROR

LOCATION = "location.update"

SOCKET_EVENTS = (
    SocketEvent(
        "courier",
        LOCATION,
        CourierPosition,
        "dispatch.courier.position",
        "The courier's position.",
        from_client=True,
        replies=(ERROR,),
    ),
)
"""The events of couriers, for the API documents."""

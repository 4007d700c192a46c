"""The socket events of couriers."""

from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.dispatch.couriers.schemas import CourierOffDuty, CourierPosition, OffDutyReason
from chalicelib.dispatch.couriers.tables import Courier
from chalicelib.edge.socket_events import SocketEvent
from chalicelib.realtime.events import ERROR

LOCATION = "location.update"

OFF_DUTY = "courier.off_duty"

SOCKET_EVENTS = (
    SocketEvent(
        "courier",
        OFF_DUTY,
        CourierOffDuty,
        "realtime.channel.courier",
        "The courier's duty was ended by the system; going on duty again is up to the courier.",
    ),
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


def notify_off_duty(work: UnitOfWork, courier: Courier, reason: OffDutyReason) -> None:
    """Publish to a courier that they are off duty now."""
    work.publish(Recipient(courier.org_id, courier.courier_id), OFF_DUTY, CourierOffDuty(reason))

"""The states of an order: which action leads from which state to which.

    assigned -> accepted -> arrived -> picked_up -> delivered
    assigned -> declined, or offer timed out -> assigned to another courier, or no_nearby_driver
    assigned, accepted, arrived -> released by the courier -> the same
    assigned, accepted, arrived -> canceled_by_customer

A step that was just made is accepted again without effect, because clients on unreliable networks repeat requests.
"""

from enum import Enum, StrEnum

from chalicelib.core.state_machine import StateMachine


class OrderState(StrEnum):
    """The status of an order.

    `assigned`: offered to a courier who has not answered yet. `accepted`: the courier is on the way to the pickup.
    `arrived`: the courier is at the pickup. `picked_up`: the courier has the goods. `delivered`: the receiver has them.
    `no_nearby_driver`: no courier was free. `canceled_by_customer`: canceled before the pickup. The last three are
    final.
    """

    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    ARRIVED = "arrived"
    PICKED_UP = "picked_up"
    DELIVERED = "delivered"
    NO_NEARBY_DRIVER = "no_nearby_driver"
    CANCELED_BY_CUSTOMER = "canceled_by_customer"


ACTIVE = frozenset({OrderState.ASSIGNED, OrderState.ACCEPTED, OrderState.ARRIVED, OrderState.PICKED_UP})
"""States in which an action of the courier or the customer is pending."""

WITH_DRIVER = frozenset({OrderState.ACCEPTED, OrderState.ARRIVED, OrderState.PICKED_UP})
"""Active states in which the customer sees the courier."""

FREES_COURIER = frozenset({OrderState.DELIVERED, OrderState.NO_NEARBY_DRIVER, OrderState.CANCELED_BY_CUSTOMER})
"""States in which no courier has the order in hand any more."""


class OrderAction(StrEnum):
    """The steps of an order."""

    ACCEPT = "accept"
    ARRIVE = "arrived"
    PICK_UP = "picked"
    DELIVER = "delivered"
    DECLINE = "decline"
    RELEASE = "release"
    TIME_OUT = "time_out"
    CANCEL = "cancel"


class Reassign(Enum):
    """The target of a step after which the order is offered to another courier, if there is one."""

    TO_NEXT_COURIER = "to_next_courier"


ORDER = StateMachine[OrderState | Reassign](
    entity="order",
    transitions={
        (OrderState.ASSIGNED, OrderAction.ACCEPT): OrderState.ACCEPTED,
        (OrderState.ACCEPTED, OrderAction.ARRIVE): OrderState.ARRIVED,
        (OrderState.ARRIVED, OrderAction.PICK_UP): OrderState.PICKED_UP,
        (OrderState.PICKED_UP, OrderAction.DELIVER): OrderState.DELIVERED,
        (OrderState.ASSIGNED, OrderAction.DECLINE): Reassign.TO_NEXT_COURIER,
        (OrderState.ASSIGNED, OrderAction.TIME_OUT): Reassign.TO_NEXT_COURIER,
        (OrderState.ASSIGNED, OrderAction.RELEASE): Reassign.TO_NEXT_COURIER,
        (OrderState.ACCEPTED, OrderAction.RELEASE): Reassign.TO_NEXT_COURIER,
        (OrderState.ARRIVED, OrderAction.RELEASE): Reassign.TO_NEXT_COURIER,
        (OrderState.ASSIGNED, OrderAction.CANCEL): OrderState.CANCELED_BY_CUSTOMER,
        (OrderState.ACCEPTED, OrderAction.CANCEL): OrderState.CANCELED_BY_CUSTOMER,
        (OrderState.ARRIVED, OrderAction.CANCEL): OrderState.CANCELED_BY_CUSTOMER,
    },
    states=tuple(OrderState),
    repeatable=True,
    internal=frozenset({OrderAction.TIME_OUT}),
    phrases={
        OrderAction.ARRIVE: "report the arrival for",
        OrderAction.PICK_UP: "pick up",
        OrderAction.DELIVER: "deliver",
    },
)

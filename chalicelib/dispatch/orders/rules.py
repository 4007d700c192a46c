"""The states of an order: which action leads from which state to which.

    scheduled -> assigned, or no_nearby_driver, when it is due
    assigned -> accepted -> arrived -> picked_up -> delivered
    assigned -> declined, or offer timed out -> assigned to another courier, or no_nearby_driver
    assigned, accepted, arrived -> released by the courier or the dispatcher -> the same
    no_nearby_driver -> assigned, when a courier is free, when the customer retries, or when the dispatcher assigns one
    picked_up -> undeliverable -> returned
    undeliverable, reported by the dispatcher -> the same, and its courier is free
    scheduled, no_nearby_driver, assigned, accepted, arrived -> canceled_by_customer
    every state but the final ones -> canceled_by_dispatcher

A step that was just made is accepted again without effect, because clients on unreliable networks repeat requests.
"""

from enum import Enum, StrEnum

from chalicelib.core.state_machine import StateMachine


class OrderState(StrEnum):
    """The status of an order.

    `scheduled`: not offered before the time that the customer named. `assigned`: offered to a courier who has not
    answered yet. `accepted`: the courier is on the way to the pickup. `arrived`: the courier is at the pickup.
    `picked_up`: the courier has the goods. `delivered`: the receiver has them. `no_nearby_driver`: no courier was free.
    `undeliverable`: the goods could not be handed over. `returned`: the goods are back. `canceled_by_customer`:
    canceled before the pickup. `canceled_by_dispatcher`: canceled by the organisation. Final are `delivered`,
    `returned`, `canceled_by_customer` and `canceled_by_dispatcher`.
    """

    SCHEDULED = "scheduled"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    ARRIVED = "arrived"
    PICKED_UP = "picked_up"
    DELIVERED = "delivered"
    NO_NEARBY_DRIVER = "no_nearby_driver"
    UNDELIVERABLE = "undeliverable"
    RETURNED = "returned"
    CANCELED_BY_CUSTOMER = "canceled_by_customer"
    CANCELED_BY_DISPATCHER = "canceled_by_dispatcher"


ACTIVE = frozenset({OrderState.ASSIGNED, OrderState.ACCEPTED, OrderState.ARRIVED, OrderState.PICKED_UP})
"""States in which an action of the courier or the customer is pending."""

IN_HAND = ACTIVE | {OrderState.UNDELIVERABLE}
"""States in which a courier may have the order in hand. An undeliverable one is returned, unless a dispatcher freed the
courier."""

WITH_DRIVER = frozenset({OrderState.ACCEPTED, OrderState.ARRIVED, OrderState.PICKED_UP})
"""Active states in which the customer sees the courier."""

FINAL = frozenset(
    {
        OrderState.DELIVERED,
        OrderState.RETURNED,
        OrderState.CANCELED_BY_CUSTOMER,
        OrderState.CANCELED_BY_DISPATCHER,
    }
)
"""States in which nothing more happens."""

FREES_COURIER = FINAL | {OrderState.NO_NEARBY_DRIVER}
"""States in which no courier has the order in hand any more."""


class OrderAction(StrEnum):
    """The steps of an order."""

    ACCEPT = "accept"
    ARRIVE = "arrived"
    PICK_UP = "picked"
    DELIVER = "delivered"
    DECLINE = "decline"
    RELEASE = "release"
    REPORT_UNDELIVERABLE = "undeliverable"
    RETURN = "returned"
    CANCEL = "cancel"
    RETRY = "retry"
    ASSIGN = "assign"
    RELEASE_BY_DISPATCHER = "release_by_dispatcher"
    CANCEL_BY_DISPATCHER = "cancel_by_dispatcher"
    UNDELIVERABLE_BY_DISPATCHER = "undeliverable_by_dispatcher"
    DELIVER_BY_DISPATCHER = "deliver_by_dispatcher"
    TIME_OUT = "time_out"
    OFFER = "offer"


class Reassign(Enum):
    """The target of a step after which the order is offered to a courier."""

    TO_NEXT_COURIER = "to_next_courier"
    """To the one whom the search finds; without one, the order waits as `no_nearby_driver`."""
    TO_CHOSEN_COURIER = "to_chosen_courier"
    """To the one whom the dispatcher names."""


_OFFERED, _BEFORE_PICKUP = OrderState.ASSIGNED, (OrderState.ASSIGNED, OrderState.ACCEPTED, OrderState.ARRIVED)
_WITHOUT_COURIER = (OrderState.SCHEDULED, OrderState.NO_NEARBY_DRIVER)
_PICKED_UP = OrderState.PICKED_UP

ORDER = StateMachine[OrderState | Reassign](
    entity="order",
    transitions={
        (_OFFERED, OrderAction.ACCEPT): OrderState.ACCEPTED,
        (OrderState.ACCEPTED, OrderAction.ARRIVE): OrderState.ARRIVED,
        (OrderState.ARRIVED, OrderAction.PICK_UP): OrderState.PICKED_UP,
        (_PICKED_UP, OrderAction.DELIVER): OrderState.DELIVERED,
        (_PICKED_UP, OrderAction.DELIVER_BY_DISPATCHER): OrderState.DELIVERED,
        (_PICKED_UP, OrderAction.REPORT_UNDELIVERABLE): OrderState.UNDELIVERABLE,
        (_PICKED_UP, OrderAction.UNDELIVERABLE_BY_DISPATCHER): OrderState.UNDELIVERABLE,
        (OrderState.UNDELIVERABLE, OrderAction.UNDELIVERABLE_BY_DISPATCHER): OrderState.UNDELIVERABLE,
        (OrderState.UNDELIVERABLE, OrderAction.RETURN): OrderState.RETURNED,
        (_OFFERED, OrderAction.DECLINE): Reassign.TO_NEXT_COURIER,
        (_OFFERED, OrderAction.TIME_OUT): Reassign.TO_NEXT_COURIER,
        **{
            (state, action): Reassign.TO_NEXT_COURIER
            for state in _BEFORE_PICKUP
            for action in (OrderAction.RELEASE, OrderAction.RELEASE_BY_DISPATCHER)
        },
        **{(state, OrderAction.OFFER): Reassign.TO_NEXT_COURIER for state in _WITHOUT_COURIER},
        (OrderState.NO_NEARBY_DRIVER, OrderAction.RETRY): Reassign.TO_NEXT_COURIER,
        **{
            (state, OrderAction.ASSIGN): Reassign.TO_CHOSEN_COURIER
            for state in (OrderState.NO_NEARBY_DRIVER, *_BEFORE_PICKUP)
        },
        **{
            (state, OrderAction.CANCEL): OrderState.CANCELED_BY_CUSTOMER
            for state in (*_WITHOUT_COURIER, *_BEFORE_PICKUP)
        },
        **{
            (state, OrderAction.CANCEL_BY_DISPATCHER): OrderState.CANCELED_BY_DISPATCHER
            for state in OrderState
            if state not in FINAL
        },
    },
    states=tuple(OrderState),
    repeatable=True,
    internal=frozenset({OrderAction.TIME_OUT, OrderAction.OFFER}),
    phrases={
        OrderAction.ARRIVE: "report the arrival for",
        OrderAction.PICK_UP: "pick up",
        OrderAction.DELIVER: "deliver",
        OrderAction.REPORT_UNDELIVERABLE: "report as undeliverable",
        OrderAction.RETURN: "return",
        OrderAction.RELEASE_BY_DISPATCHER: "release",
        OrderAction.CANCEL_BY_DISPATCHER: "cancel",
        OrderAction.UNDELIVERABLE_BY_DISPATCHER: "report as undeliverable",
        OrderAction.DELIVER_BY_DISPATCHER: "deliver",
    },
)

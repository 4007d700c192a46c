"""Responses with the timeline of an order; absent fields are omitted."""

from datetime import datetime

import msgspec

from chalicelib.dispatch.orders.rules import OrderState


class StatusChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """A change of the status of an order."""

    after: OrderState
    """The status after the change."""
    before: OrderState | None = None
    """The status before the change. Absent if the order was created by it."""


class CourierChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """A change of the courier of an order."""

    before: str | None = None
    """The user id of the courier before the change. Absent if the order had none."""
    after: str | None = None
    """The user id of the courier after the change. Absent if the order has none any more."""


class OrderChanges(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a change did to the status and the courier of an order."""

    status: StatusChange | None = None
    """Absent if the status stayed as it was."""
    assigned_courier: CourierChange | None = None
    """Absent if the courier stayed the same."""


class OrderTimelineEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A change of an order: when, what and by whom."""

    at: datetime
    """When the change was made, in UTC."""
    action: str
    """What happened: `ORDER_CREATED`, `ORDER_ASSIGNED` (offered to a courier after a wait, or by a dispatcher),
    `ORDER_RETRIED`, `ORDER_WAIT_ENDED`, `ORDER_ACCEPTED`, `ORDER_DECLINED`, `ORDER_TIMED_OUT`, `ORDER_RELEASED` (given
    back by the courier, or taken away by a dispatcher), `ORDER_ARRIVED`, `ORDER_PICKED_UP`, `ORDER_PHOTO_ADDED`,
    `ORDER_DELIVERED`, `ORDER_UNDELIVERABLE`, `ORDER_RETURNED`, `ORDER_CANCELED`, `TRACKING_LINK_CREATED` or
    `TRACKING_LINK_REVOKED`. More may be added."""
    actor_id: str
    """The id of the user who made the change; `key:` and its id for an API key; `system:sweep` where an offer timed out
    or a wait ended, `system:follow-up` where a waiting order was offered to a courier who had become free."""
    changes: OrderChanges | None = None
    """The changes of status and courier. Absent if neither changed."""


class OrderTimeline(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of the changes of an order, oldest first. It may hold fewer entries than `limit`."""

    order_id: str
    """The id of the order."""
    entries: list[OrderTimelineEntry]
    """The changes on this page, oldest first."""
    next_cursor: str | None = None
    """The `cursor` of the next page, which may be empty. Absent at the end of the list."""

"""The errors of a dispatcher's assignment."""

from typing import Self

from chalicelib.core.errors import Conflict


class CourierBusy(Conflict):
    """The courier has an order in hand.

    `details` has the `courier_id`, and the `order_id` of the order in hand.
    """

    code, summary = "COURIER_BUSY", "The courier has an order in hand."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it, with details as they are in a response."""
        courier_id, order_id = "019ceb1b-2248-7e3d-9815-e3d8151c151c", "019ceb1b-2248-78d9-9f6d-8d9f6d386d38"
        return cls(details={"courier_id": courier_id, "order_id": order_id})


class CourierNotOnDuty(Conflict):
    """The courier is off duty.

    `details` has the `courier_id`.
    """

    code, summary = "COURIER_OFF_DUTY", "The courier is off duty."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it, with details as they are in a response."""
        return cls(details={"courier_id": "019ceb1b-2248-7e3d-9815-e3d8151c151c"})

"""The errors of prices."""

from typing import Self

from chalicelib.core.errors import Conflict


class PriceChanged(Conflict):
    """The price of the order differs by more than 2 % from the current one.

    `details` has the current `price` in major units of the currency and `price_cents`, and the `vehicle_type_id`.
    """

    code, summary = "PRICE_CHANGED", "The price has changed. Show the customer the current one and send it."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it, with details as they are in a response."""
        return cls(details={"vehicle_type_id": "bike", "price": 7.45, "price_cents": 745})

"""Errors of orders."""

from typing import Self

from chalicelib.core.errors import BatonError


class TooManyActiveOrders(BatonError):
    """The customer has as many active orders as the organisation allows. `details.limit` is that number."""

    code, status = "TOO_MANY_ACTIVE_ORDERS", 429
    summary = "You have too many active orders; wait until one of them is delivered or canceled."

    def __init__(self, limit: int) -> None:
        super().__init__(details={"limit": limit})

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls(10)

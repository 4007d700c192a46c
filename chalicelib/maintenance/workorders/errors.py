"""The errors of work orders."""

from typing import Self

from chalicelib.core.errors import Conflict


class DuplicateWorkOrder(Conflict):
    """The item of the checklist has an open work order already.

    `details.workOrderId` is its id. Send `allowDuplicate` to make another one.
    """

    code, summary = "DUPLICATE_WORK_ORDER", "This item has an open work order already."

    def __init__(self, order_id: str) -> None:
        super().__init__(details={"workOrderId": order_id})

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls("019ceb1b-2248-78d9-9f6d-8d9f6d386d38")

"""The errors of the supervisors' assignments."""

from typing import Self

from chalicelib.core.errors import Conflict


class PickerBusy(Conflict):
    """The user holds another assignment.

    `details` has the `user_id`, and the `assignment_id` of the assignment in hand.
    """

    code, summary = "PICKER_BUSY", "The user holds another assignment."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it, with details as they are in a response."""
        return cls(details={"user_id": "019ceb1b-2248-7e3d-9815-e3d8151c151c", "assignment_id": "PA-1002"})

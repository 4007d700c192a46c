"""The errors of pick assignments."""

from chalicelib.core.errors import NotFound


class NoAssignmentAvailable(NotFound):
    """No assignment of the requested role waits, and none can be joined. `details` is empty."""

    code, summary = "NO_ASSIGNMENT_AVAILABLE", "No assignment is available right now."

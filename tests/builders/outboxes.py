"""An outbox that fails on purpose."""

from collections.abc import Sequence

from chalicelib.core.published import Published
from chalicelib.core.runner import Outbox
from chalicelib.core.work import Recipient, UnitOfWork


class Killed(BaseException):
    """Simulates the end of the process; not an `Exception`, so that no error handler catches it."""


class DyingOutbox:
    """Appends to mailboxes; after the commit the process ends."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def stage(self, work: UnitOfWork) -> None:
        """Append as the real outbox does."""
        self._outbox.stage(work)

    def deliver(self, recipients: list[Recipient]) -> None:
        """Raise `Killed` if there is anything to deliver."""
        if recipients:
            raise Killed

    def send_live(self, events: Sequence[Published]) -> None:
        """Send as the real outbox does."""
        self._outbox.send_live(events)

"""Outboxes that fail on purpose."""

from chalicelib.core.runner import Outbox
from chalicelib.core.work import Recipient, UnitOfWork


class Killed(BaseException):
    """The process ends here. No handler of errors may get in its way, so it is none of them."""


class DyingOutbox:
    """Appends to mailboxes as always, and then, when everything is committed, the process dies."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def stage(self, work: UnitOfWork) -> None:
        """As the real one does."""
        self._outbox.stage(work)

    def deliver(self, recipients: list[Recipient]) -> None:
        """Raises `Killed` if there is anything to deliver."""
        if recipients:
            raise Killed

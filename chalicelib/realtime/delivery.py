"""Delivers events from mailboxes to sockets: in order per connection, at least once.

Inside a request a delivery begins no post after a second, and shortly before the request's deadline there is none. What
remains is left to the function `deliver`, which waits for the next attempt, and then to the sweep. No error reaches the
request: its change is committed, and a mailbox with something to deliver is in the pending index.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import msgspec

from chalicelib.core import observability
from chalicelib.core.deadline import deadline, has_time
from chalicelib.core.ids import Ids
from chalicelib.core.parallel import parallel
from chalicelib.core.published import Published
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.realtime import mailbox
from chalicelib.realtime.delivery_trigger import DeliveryTrigger
from chalicelib.realtime.drain import Drain, Parts
from chalicelib.realtime.live import send_live

REQUEST_S, SWEEP_S, FUNCTION_S = 1.0, 5.0, 20.0
"""The time after which a delivery begins no post: within a request, a sweep, and the function `deliver`."""

RESERVE_S = 10.0
"""The time before a request's deadline in which no delivery is begun: so long may one take if the store is slow."""


class EventDelivery(msgspec.Struct, frozen=True):
    """Appends events to mailboxes and delivers them; the runner's outbox."""

    parts: Parts
    ids: Ids
    delivery_trigger: DeliveryTrigger

    def stage(self, work: UnitOfWork) -> None:
        """Append the published events to the mailboxes, in the same transaction."""
        mailbox.append(work)

    def deliver(self, recipients: Sequence[Recipient]) -> None:
        """Deliver these mailboxes within a request; what remains is left to the function `deliver`. Never raises."""
        parallel([partial(self._deliver, recipient) for recipient in recipients], pool="delivery")

    def send_live(self, events: Sequence[Published]) -> None:
        """Send events to the sockets that are open now, if there is time. Never raises: what fails is lost."""
        try:
            if has_time(RESERVE_S):
                with deadline(self.parts.clock, REQUEST_S):
                    sent = sum(send_live(self.parts, event) for event in events)
                observability.count("LiveEventsSent", sent)
        except Exception:  # noqa: BLE001 - the request is done, and the next event replaces this one
            observability.log().exception("live events not sent")

    def sweep(self, recipients: Sequence[Recipient]) -> None:
        """Deliver these mailboxes within a sweep; what remains is left to the next one. Never raises."""
        parallel([partial(self.drain, recipient, SWEEP_S) for recipient in recipients], pool="delivery")

    def drain(self, recipient: Recipient, budget_s: float = FUNCTION_S, *, is_patient: bool = False) -> bool:
        """Deliver one mailbox; return whether something is left that could not be posted. Never raises.

        `is_patient` waits for the next attempt at a failing connection.
        """
        until = self.parts.clock.now() + timedelta(seconds=budget_s)
        drain = Drain(self.parts, recipient, self.ids.new(), until, is_patient=is_patient)
        try:
            drain.run()
        except Exception:  # noqa: BLE001 - the change is committed; the sweep tries again
            observability.log().exception(
                "delivery failed; the sweep will try again", extra={"user": recipient.user_id}
            )
        observability.count("EventsDelivered", drain.sent)
        return drain.has_leftover

    def _deliver(self, recipient: Recipient) -> None:
        if not has_time(RESERVE_S) or self.drain(recipient, REQUEST_S):
            self.delivery_trigger.trigger(recipient)

"""The states of a rejected event."""

from enum import StrEnum

from chalicelib.core.state_machine import StateMachine


class RejectedEventStatus(StrEnum):
    """The status of a rejected event.

    `open`: it is not decided. `accepted`: it was ingested after all, by a supervisor's decision or because a later try
    of the client was accepted. `dismissed`: a supervisor decided that it does not count.
    """

    OPEN = "open"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


class RejectedEventAction(StrEnum):
    """The decisions about a rejected event, as paths name them."""

    ACCEPT = "accept"
    DISMISS = "dismiss"


REJECTED_EVENT = StateMachine[RejectedEventStatus](
    entity="rejected event",
    transitions={
        (RejectedEventStatus.OPEN, RejectedEventAction.ACCEPT): RejectedEventStatus.ACCEPTED,
        (RejectedEventStatus.OPEN, RejectedEventAction.DISMISS): RejectedEventStatus.DISMISSED,
    },
    states=tuple(RejectedEventStatus),
    repeatable=True,
)

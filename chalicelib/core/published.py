"""What a unit of work announces: events for people, and sessions that end."""

import msgspec


class Recipient(msgspec.Struct, frozen=True):
    """The person whose mailbox receives an event."""

    org_id: str
    user_id: str


class Published(msgspec.Struct, frozen=True):
    """An event that the commit appends to a mailbox; `data` can be encoded as JSON."""

    recipient: Recipient
    event: str
    data: object


class EndedSessions(msgspec.Struct, frozen=True):
    """Sessions of one person that end with the commit; `is_signed_out` if the person has no session left.

    `is_disabled` if they end because the person may not use the system any more.
    """

    person: Recipient
    is_signed_out: bool
    is_disabled: bool = False

"""Chooses the events that a connection gets.

A connection that has fallen behind, and a session that is new, do not get everything from hours ago: of old events the
newest per kind and entity, and of those that the domain can check, such as offers, only what is current still.
"""

from collections.abc import Callable, Collection, Sequence

import msgspec

from chalicelib.core.clock import Clock, to_millis
from chalicelib.core.work import Recipient
from chalicelib.realtime.rules import LoggedEvent, OpenConnection, select_events


class EntityEvents(msgspec.Struct, frozen=True):
    """The events of a domain that are about an entity and can become outdated.

    `id_field` of an event's data holds the entity's id. `current` returns which of these pairs of event and id are
    current for a person. Events in `offers` are not sent late unless they are; the others only to a new session.
    """

    events: frozenset[str]
    offers: frozenset[str]
    id_field: str
    current: Callable[[Recipient, Sequence[tuple[str, str]], Clock], Collection[tuple[str, str]]]

    def about(self, event: LoggedEvent) -> LoggedEvent:
        """Return the event with the id of its entity."""
        if event.event not in self.events:
            return event
        data = msgspec.json.decode(event.data)
        return LoggedEvent(event.number, event.event, event.data, event.at, data.get(self.id_field))


def events_for(
    connection: OpenConnection,
    events: Sequence[LoggedEvent],
    recipient: Recipient,
    clock: Clock,
    kinds: Sequence[EntityEvents],
) -> Sequence[LoggedEvent]:
    """Return the events to post to a connection, in order."""
    old, fresh = select_events(events, connection, to_millis(clock.now()))
    for kind in kinds:
        uncertain = [
            event
            for event in old
            if event.event in kind.offers or (event.event in kind.events and event.number <= connection.number)
        ]
        pairs = [(event.event, str(event.entity)) for event in uncertain]
        current = kind.current(recipient, pairs, clock) if pairs else ()
        outdated = {event.number for event, pair in zip(uncertain, pairs, strict=True) if pair not in current}
        old = [event for event in old if event.number not in outdated]
    return sorted([*old, *fresh], key=lambda event: event.number)

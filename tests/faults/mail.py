"""Mailboxes against what sockets received."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from chalicelib.core.table import SEPARATOR
from chalicelib.core.work import Recipient
from chalicelib.realtime.mailbox import Mailbox, decode
from chalicelib.realtime.tables import MailboxEvent, MailboxHead
from tests.faults.snapshot import Snapshot

Received = Mapping[str, Sequence[Sequence[int]]]
"""The ids that each person's connections received, in order."""


def newest_numbers(found: Snapshot) -> dict[str, int]:
    """Return the number of the newest event of each person."""
    return {person: box.newest for person, box in _mailboxes(found)}


def queue_lengths(found: Snapshot) -> dict[str, int]:
    """Return the number of events that wait for their number, of each person who has such."""
    return {person: len(box.queue) for person, box in _mailboxes(found) if box.queue}


def check_mailboxes(found: Snapshot) -> Iterator[str]:
    """Yield a sentence for each mailbox whose numbers have a gap, or that still waits for a delivery."""
    logged: dict[str, list[int]] = defaultdict(list)
    for event in found.all(MailboxEvent, "EVENT#", pk="MAILBOX"):
        logged[event.pk.split(SEPARATOR)[2]].append(int(event.sk.rpartition(SEPARATOR)[2]))
    for person, queued in queue_lengths(found).items():
        yield f"the mailbox of {person} still has {queued} events to number"
    for person, box in _mailboxes(found):
        numbers = sorted(logged[person])
        if [n for n in numbers if n <= box.numbered] != list(range(1, box.numbered + 1)):
            yield f"the mailbox of {person} has the events {_short(numbers)}, its head counts {box.numbered}"


def check_received(found: Snapshot, received: Received) -> Iterator[str]:
    """Yield a sentence for each person who did not receive every event, or received some out of order."""
    newest = newest_numbers(found)
    for person, connections in received.items():
        got = {number for connection in connections for number in connection}
        missing = set(range(1, newest.get(person, 0) + 1)) - got
        if missing:
            yield f"{person} did not receive the events {_short(sorted(missing))} of {newest[person]}"
        for connection in connections:
            first = list(dict.fromkeys(connection))
            if first != sorted(first):
                yield f"{person} received out of order on one socket: {first}"


def _mailboxes(found: Snapshot) -> Iterator[tuple[str, Mailbox]]:
    for head in found.all(MailboxHead, "HEAD"):
        yield head.user_id, decode(Recipient(head.org_id, head.user_id), head)


def _short(numbers: Sequence[int]) -> str:
    return str(list(numbers)) if len(numbers) <= 20 else f"{list(numbers[:10])} ... {list(numbers[-10:])}"

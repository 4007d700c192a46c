"""Pages of the history of a serial number, as EPCIS events.

A pack may hold ten thousand cells and have hundreds of dispositions, and a Lambda response six megabytes. So a history
is returned in pages, each a complete document. A page ends after the requested number of events, before it is longer
than 3 MB, or where less was read (`history_reader.py`). Events are ordered by unit, not by time; each states its time.
"""

import json
from collections.abc import Sequence

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.table import key
from chalicelib.identity.accounts.tables import Organisation
from chalicelib.identity.settings import section_of
from chalicelib.manufacturing.traceability import epcis, ledger_reader
from chalicelib.manufacturing.traceability.epcis_document import EpcisEvent
from chalicelib.manufacturing.traceability.history_reader import Facts, HistoryRequest, read_facts
from chalicelib.manufacturing.traceability.identifiers import UriNaming
from chalicelib.manufacturing.traceability.ledger_reader import LedgerPosition
from chalicelib.manufacturing.traceability.queries import Named, find_own_number
from chalicelib.manufacturing.traceability.schemas import ExportQuery
from chalicelib.manufacturing.traceability.settings import TRACEABILITY

MAX_BYTES = 3_000_000 - 1_000
"""The size of the events of a page, as a Lambda quotes them in its response; the rest is the document around them."""
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class HistoryPage(msgspec.Struct, frozen=True):
    """A page of a history, and the cursor of the next one."""

    events: Sequence[EpcisEvent]
    next_cursor: str | None


def get_history(
    actor: Actor,
    named: Named,
    query: ExportQuery,
    *,
    organisation: Organisation | None,
    clock: Clock,
) -> HistoryPage:
    """Return a page of the history of a serial number or id.

    Raise `ValidationFailed` if the cursor is not one of it.
    """
    own = find_own_number(actor, named)
    serial = named.text if own is None else own.serial
    list_name = key(actor.org_id, "LIFE", serial)
    try:
        position = ledger_reader.decode_position(query.next_page_token, list_name)
        facts = read_facts(HistoryRequest(actor.org_id, serial, position, query.per_page, clock), own)
    except ValidationFailed as error:  # EPCIS calls a cursor a token
        raise ValidationFailed({"nextPageToken": error.fields["cursor"]}) from error
    naming = UriNaming(actor.org_id, section_of(organisation, TRACEABILITY))
    events, last = page_of(facts, naming, query.per_page)
    return HistoryPage(events, ledger_reader.encode_position(last, list_name))


def page_of(facts: Facts, naming: UriNaming, limit: int) -> tuple[Sequence[EpcisEvent], LedgerPosition | None]:
    """Return the events that fit on a page, at least those of one position, and where the next page begins."""
    events: list[EpcisEvent] = []
    size = 0
    before = None
    for placed in facts.facts:
        event = epcis.epcis_event(naming, placed.fact)
        size += _sent_bytes(event)
        is_full = len(events) >= limit or size > MAX_BYTES
        if is_full and events and placed.position != before:
            return events, before
        events.append(event)
        before = placed.position
    return events, facts.resume_at


def _sent_bytes(event: EpcisEvent) -> int:
    """Return the size of an event with a comma, quoted as part of a text in ASCII."""
    return len(json.dumps(_ENCODER.encode(event).decode()))

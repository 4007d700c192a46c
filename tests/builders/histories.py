"""Exported histories, followed from page to page."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tests.builders.epcis import events_of
from tests.builders.world import Answer, Person


def export_path(serial: str) -> str:
    """Return the path of a serial number's export."""
    return f"/v1/trace/{quote(serial, safe='')}/export"


def next_page(serial: str, answer: Answer) -> str | None:
    """Return the path of the next page, from the `Link` header; None after the last."""
    link = answer.headers.get("Link")
    if link is None:
        return None
    relative, _, relation = link.partition("; ")
    assert relation == 'rel="next"'
    assert relative.startswith("<export?")
    return export_path(serial) + relative.removeprefix("<export").removesuffix(">")


def pages_of(person: Person, serial: str, query: str = "") -> list[list[dict[str, Any]]]:
    """Return the events of each page of a history; every page is checked against the standard's schema."""
    found = []
    path: str | None = export_path(serial) + query
    while path is not None:
        answer = person.get(path)
        assert answer.status == 200, answer
        found.append(events_of(answer.json))
        path = next_page(serial, answer)
    return found


def history_of(person: Person, serial: str) -> list[dict[str, Any]]:
    """Return all events of a history."""
    return [event for page in pages_of(person, serial) for event in page]

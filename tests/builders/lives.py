"""Exported lives, followed from page to page."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tests.builders.epcis import events_of
from tests.builders.world import Answer, Person


def export_path(serial: str) -> str:
    """Where the life of a serial is."""
    return f"/v1/trace/{quote(serial, safe='')}/export"


def next_page(serial: str, answer: Answer) -> str | None:
    """The address of the page after this one, from its `Link`; None if it is the last."""
    link = answer.headers.get("Link")
    if link is None:
        return None
    relative, _, relation = link.partition("; ")
    assert relation == 'rel="next"'
    assert relative.startswith("<export?")
    return export_path(serial) + relative.removeprefix("<export").removesuffix(">")


def pages_of(person: Person, serial: str, query: str = "") -> list[list[dict[str, Any]]]:
    """The events of each page of a life; every page is held against the standard's schema."""
    found = []
    path: str | None = export_path(serial) + query
    while path is not None:
        answer = person.get(path)
        assert answer.status == 200, answer
        found.append(events_of(answer.json))
        path = next_page(serial, answer)
    return found


def life_of(person: Person, serial: str) -> list[dict[str, Any]]:
    """All events of a life."""
    return [event for page in pages_of(person, serial) for event in page]

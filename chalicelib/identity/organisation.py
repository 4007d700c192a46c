"""What an organisation has settled for itself: a company prefix, how soon work is due, what a good pace is.

A domain declares its section once, as a type with defaults, and gives it an address among its own routes
(`organisation_settings`); permission, validation and description follow from that. All sections of an organisation
stand in its one item, which a domain reads by `organisation_key` in a batch that it makes anyway, so settings cost no
round trip. They share the item's version: two people who change settings at once do not overwrite each other.

What is left out of a section is at its default, now and when the default changes later: only what differs is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import msgspec

from chalicelib.core.errors import NotFound
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Empty, Request, Response
from chalicelib.edge.routes import Routes
from chalicelib.identity.tables import Organisation, organisation_key

READ = "identity.organisation.read"
MANAGE = "identity.organisation.manage"

SectionT = TypeVar("SectionT", bound=msgspec.Struct)


class Section(msgspec.Struct, Generic[SectionT], frozen=True):
    """One domain's part of an organisation's settings: a type all of whose fields have defaults.

    `name` is its place in the address, `title` completes "The settings of ...".
    """

    name: str
    kind: type[SectionT]
    title: str


def settings_section(name: str, kind: type[SectionT], title: str) -> Section[SectionT]:
    """Declare a section. Raises `TypeError` if not every field of the type has a default."""
    kind()
    return Section(name, kind, title)


def section_of(organisation: Organisation | None, section: Section[SectionT]) -> SectionT:
    """An organisation's settings of one domain; the defaults for what it has not settled.

    What an earlier or later version of Baton stored beside the known fields is passed over.
    """
    stored = {} if organisation is None else (organisation.settings or {}).get(section.name, {})
    known = {name: value for name, value in stored.items() if name in section.kind.__struct_encode_fields__}
    return msgspec.convert(known, section.kind)


def organisation_settings(routes: Routes, section: Section[SectionT], example: Mapping[str, Any] | None = None) -> None:
    """Give a section its address, `/v1/organisation/settings/<name>`, among a domain's routes.

    `example` are fields of the section as the API's description shows them, where made-up ones mislead.
    """
    told = {} if example is None else {"response": {"data": example}}
    kind: Any = section.kind
    answer: Any = msgspec.defstruct(
        f"{kind.__name__}Answer",
        [("data", kind), ("success", bool, True)],
        namespace={"__doc__": f"The settings of {section.title}."},
        frozen=True,
    )
    path = f"/v1/organisation/settings/{section.name}"
    word = section.name.replace("-", "_")
    changed = f"{word.upper()}_SETTINGS_CHANGED"

    def read(request: Request[Empty, Empty]) -> Response[Any]:
        found = _organisation(request, READ)
        return Response(answer(section_of(found, section)), version=found.version)

    def replace(request: Request[SectionT, Empty], work: UnitOfWork) -> Response[Any]:
        found = _organisation(request, MANAGE)
        request.check_version(found)
        work.audit(Organisation.kind, found.org_id, changed)
        wanted = request.body
        if wanted != section_of(found, section):
            work.update(found, {"settings": {**(found.settings or {}), section.name: _differing(wanted)}})
        return Response(answer(wanted), version=found.version)

    read.__name__, read.__doc__ = f"get_{word}_settings", f"The organisation's settings of {section.title}."
    routes.get(path, permission=READ, returns=answer, versioned=True, errors=[NotFound], examples=told)(read)

    replace.__name__ = f"replace_{word}_settings"
    replace.__doc__ = (
        f"Settle {section.title} for the organisation.\n\nWhat is left out goes back to its default. It counts from"
        " the next request on."
    )
    routes.put(
        path,
        permission=MANAGE,
        body=kind,
        returns=answer,
        versioned=True,
        errors=[NotFound],
        audit_target=AuditTarget(Organisation.kind, changed),
        examples={"request": example, **told},
    )(replace)


def _organisation(request: Request[Any, Any], permission: str) -> Organisation:
    request.actor.require_reach(permission)
    found = request.read(organisation_key(request.actor.org_id))
    if found is None:
        raise NotFound("There is no such organisation.")
    return found


def _differing(settled: msgspec.Struct) -> dict[str, Any]:
    """What is not at its default, as it is stored."""
    default = msgspec.to_builtins(type(settled)())
    return {name: value for name, value in msgspec.to_builtins(settled).items() if value != default.get(name)}

"""Settings of an organisation, such as a company prefix, due times, or pace standards.

A domain declares its section once, as a type with defaults, and adds its endpoints to its own routes
(`organisation_settings`); permission, validation and description follow from that. All sections are stored in the
organisation's one item, which a domain reads by `organisation_key` in a batch read that it makes anyway, so settings
cost no round trip. The sections share the item's version, so concurrent changes do not overwrite each other.

Only values that differ from their defaults are stored, so an omitted setting follows its default when that changes.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta

from chalicelib.core.errors import BatonError
from chalicelib.core.structs import prepare
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.identity.accounts.permissions import MANAGE_SETTINGS, READ_SETTINGS
from chalicelib.identity.accounts.tables import Organisation, organisation_key

ORGANISATION_RESOURCE = Resource(key=organisation_key, id_from=())

SectionT = TypeVar("SectionT", bound=msgspec.Struct)


Change = Callable[[UnitOfWork, str, SectionT, SectionT], None]
"""Stages what follows when the settings of an organisation, by its id, change from the first to the second."""


class Section(msgspec.Struct, Generic[SectionT], frozen=True):
    """One domain's part of an organisation's settings: a type all of whose fields have defaults.

    `name` is its part of the path, `title` completes "The settings of ...". `renamed` maps names under which earlier
    versions stored fields to those of today.
    """

    name: str
    kind: type[SectionT]
    title: str
    renamed: Mapping[str, str] = msgspec.field(default_factory=dict)


def settings_section(
    name: str, kind: type[SectionT], title: str, renamed: Mapping[str, str] | None = None
) -> Section[SectionT]:
    """Return a section. Raise `TypeError` if not every field of the type has a default."""
    kind()
    return Section(name, kind, title, renamed or {})


def section_of(organisation: Organisation | None, section: Section[SectionT]) -> SectionT:
    """Return an organisation's settings of one domain, with defaults for values that are not stored.

    Stored fields that the type does not have, from another version of Baton, are ignored.
    """
    stored = {} if organisation is None else (organisation.settings or {}).get(section.name, {})
    fields = section.kind.__struct_encode_fields__
    prepare(section.kind)
    named = {section.renamed.get(name, name): value for name, value in stored.items()}
    return msgspec.convert({name: value for name, value in named.items() if name in fields}, section.kind)


def replace_settings(
    work: UnitOfWork, organisation: Organisation, section: Section[SectionT], command: SectionT
) -> Organisation:
    """Replace the settings of one section; omitted fields return to their defaults."""
    if command != section_of(organisation, section):
        stored = {**(organisation.settings or {}), section.name: _non_defaults(command)}
        work.update(organisation, {"settings": stored})
    return organisation


def organisation_settings(
    routes: Routes,
    section: Section[SectionT],
    example: Mapping[str, Any] | None = None,
    *,
    stage_change: Change[SectionT] | None = None,
    errors: Sequence[type[BatonError]] = (),
) -> None:
    """Add the endpoints of a section, `/v1/organisation/settings/<name>`, to a domain's routes.

    `example` are fields of the section for the API's description, where generated ones mislead. `stage_change` stages
    what else follows from new settings, and raises `errors` for what is not possible.
    """
    returns: Any = _response_type(section)
    declaration = {
        "resource": ORGANISATION_RESOURCE,
        "returns": returns,
        "view": lambda organisation: returns(section_of(organisation, section)),
        "versioned": True,
    }
    response_example = {} if example is None else {"response": {"data": example}}
    path = f"/v1/organisation/settings/{section.name}"
    name = section.name.replace("-", "_")
    get_settings, replace = _handlers(section, name, stage_change)
    routes.get(path, permission=READ_SETTINGS, examples=response_example, **declaration)(get_settings)
    routes.put(
        path,
        permission=MANAGE_SETTINGS,
        body=section.kind,
        errors=errors,
        audit_target=AuditTarget(Organisation.kind, f"{name.upper()}_SETTINGS_CHANGED"),
        examples={"request": example, **response_example},
        **declaration,
    )(replace)


def _handlers(
    section: Section[SectionT], name: str, stage_change: Change[SectionT] | None
) -> tuple[Callable[..., Organisation], Callable[..., Organisation]]:
    """Return the route functions that read and replace a section."""
    action = f"{name.upper()}_SETTINGS_CHANGED"

    def get_settings(request: Request[Empty, Empty, Organisation]) -> Organisation:
        return request.resource

    def replace(request: Request[SectionT, Empty, Organisation], work: UnitOfWork) -> Organisation:
        work.audit(Organisation.kind, request.resource.org_id, action)
        if stage_change is not None:
            stage_change(work, request.resource.org_id, section_of(request.resource, section), request.body)
        return replace_settings(work, request.resource, section, request.body)

    get_settings.__name__, get_settings.__doc__ = f"get_{name}_settings", f"Get the settings of {section.title}."
    replace.__name__ = f"replace_{name}_settings"
    replace.__doc__ = (
        f"Replace the settings of {section.title}.\n\nOmitted fields return to their defaults. The new settings apply"
        " from the next request on."
    )
    return get_settings, replace


def _response_type(section: Section[SectionT]) -> Any:
    """Return the type of a response with this section."""
    kind: Any = section.kind
    return msgspec.defstruct(
        f"{kind.__name__}Answer",
        [
            ("data", Annotated[kind, Meta(description="The settings, with the defaults of those that were not set.")]),
            ("success", bool, True),
        ],
        namespace={"__doc__": f"The settings of {section.title}."},
        frozen=True,
    )


def _non_defaults(settings: msgspec.Struct) -> dict[str, Any]:
    """Return the values that differ from their defaults, as they are stored."""
    default = msgspec.to_builtins(type(settings)())
    return {name: value for name, value in msgspec.to_builtins(settings).items() if value != default.get(name)}

"""The organisation's settings of courier dispatch: how long orders wait, where couriers are looked for, and limits."""

from datetime import timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.core.settings import Settings
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.tables import Organisation, organisation_key
from chalicelib.identity.settings import section_of, settings_section

MAX_WAIT = timedelta(days=1)
"""The longest wait for a courier."""
_KEPT = "dispatch settings"


class DispatchSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long orders wait for a courier, how far away couriers are looked for, and the limit of active orders."""

    waiting_minutes: Annotated[int, Meta(ge=1, le=1440)] = 30
    """Minutes for which an order that found no courier is tried again; 30 if absent from a request."""
    radius_m: Annotated[int, Meta(ge=100, le=50_000)] | None = None
    """Metres from the pickup within which couriers are looked for; if absent from a request or null, the radius of the
    deployment, which is 10,000 unless its operator chose another."""
    max_active_orders: Annotated[int, Meta(ge=1, le=1000)] = 10
    """Orders that a customer may have with the status `assigned`, `accepted`, `arrived` or `picked_up` before another
    one is refused; 10 if absent from a request."""


DISPATCH = settings_section("dispatch", DispatchSettings, "courier dispatch")
"""The section of the organisation's settings."""


def use_settings(work: UnitOfWork, organisation: Organisation | None) -> None:
    """Use the settings of an organisation that was read with the request."""
    work.once(_KEPT, lambda: section_of(organisation, DISPATCH))


def dispatch_settings(work: UnitOfWork, org_id: str) -> DispatchSettings:
    """Return the organisation's settings, read once per unit of work."""
    return work.once(_KEPT, lambda: section_of(get(organisation_key(org_id)), DISPATCH))


def radius_of(organisation: Organisation | None, settings: Settings) -> int:
    """Return the metres within which couriers are looked for in an organisation that was read with the request."""
    return section_of(organisation, DISPATCH).radius_m or settings.nearest_radius_m


def radius_m(work: UnitOfWork, org_id: str) -> int:
    """Return the metres within which couriers are looked for."""
    return dispatch_settings(work, org_id).radius_m or work.settings.nearest_radius_m

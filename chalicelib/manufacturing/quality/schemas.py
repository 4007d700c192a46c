"""Requests and responses of dispositions."""

from datetime import datetime

import msgspec

from chalicelib.edge.types import Note500
from chalicelib.manufacturing.quality.rules import Disposition
from chalicelib.manufacturing.sku_spec import Measurement, Measurements


class Decision(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The disposition of a tested pack, and the measurements of the test."""

    disposition: Disposition
    """The decision. `PASS` and `FAIL` are final, `QUARANTINE` leaves the pack for a later one."""
    notes: Note500 | None = None
    """Notes about the decision."""
    measurements: Measurements | None = None
    """The measured values by name. For `PASS` every limit of the SKU needs one within it; values without a limit are
    only recorded."""


class DecisionView(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A disposition of a pack, with the deciding user, notes and measurements."""

    disposition: Disposition
    """The decision."""
    decided_at: datetime
    """When it was decided, UTC."""
    decided_by: str
    """The full name of the user who decided, or the name of an API key; of decisions of earlier versions the id."""
    decided_by_id: str
    """The id of the user who decided, or `key:` and the id of an API key."""
    notes: str | None = None
    """Notes about the decision. Absent if none were given."""
    measurements: dict[str, Measurement] | None = None
    """The measured values by name. Absent if none were given."""

"""Requests and responses of tests."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.core.pagination import CursorRequest
from chalicelib.edge.types import Moment
from chalicelib.manufacturing.quality.tests.rules import TestResult
from chalicelib.manufacturing.schemas import Name100
from chalicelib.manufacturing.sku_spec import Code64, Measurement, Measurements


class RecordTest(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """A test of a module or pack, as a station made it."""

    step: Code64
    """The code of the step. Where the SKU has a test of this step for the unit, its limits hold; any other step is only
    recorded."""
    station: Code64 | None = None
    """The code of the station or rig."""
    started_at: Moment | None = None
    """When the test began."""
    finished_at: Moment | None = None
    """When the test ended; not before `startedAt`."""
    result: TestResult
    """What the station says. `FAIL` counts as failed whatever the values are."""
    measurements: Measurements
    """The measured values by name, up to 200; may be empty. A test passes only with a value within every limit of its
    step."""
    program: Name100 | None = None
    """The name and version of the test program."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return the error of a test that ended before it began."""
        started, finished = present.get("startedAt"), present.get("finishedAt")
        is_reversed = isinstance(started, datetime) and isinstance(finished, datetime) and finished < started
        return {"finishedAt": "must not be before startedAt"} if is_reversed else {}


class UnitTestQuery(CursorRequest, frozen=True):
    """The part of the tests of a unit to return."""

    step: Code64 | None = None
    """Only tests of this step."""


class UnitTestFailure(msgspec.Struct, frozen=True):
    """A limit of the step that the test did not meet."""

    name: str
    """The name of the measurement."""
    problem: Literal["missing", "below", "above"]
    """Whether the value is missing, or below or above its limit."""


class UnitTestView(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A test of a module or pack."""

    number: Annotated[int, Meta(ge=1)]
    """Counts the tests of the unit by arrival, from 1."""
    step: str
    """The code of the step."""
    result: TestResult
    """What the station said."""
    passed: bool
    """Whether the test passed: the result is `PASS`, and every limit of the step was met."""
    measurements: dict[str, Measurement]
    """The measured values by name."""
    recorded_at: datetime
    """When the test was recorded, UTC."""
    recorded_by: str
    """The full name of the user who recorded it, or the name of an API key."""
    recorded_by_id: str
    """The id of the user who recorded it, or `key:` and the id of an API key."""
    failures: list[UnitTestFailure] | None = None
    """The limits of the step that were not met. Absent if there are none."""
    station: str | None = None
    """The code of the station or rig. Absent if it was not given."""
    program: str | None = None
    """The name and version of the test program. Absent if it was not given."""
    started_at: datetime | None = None
    """When the test began, UTC. Absent if it was not given."""
    finished_at: datetime | None = None
    """When the test ended, UTC. Absent if it was not given."""
    attempt: int | None = None
    """The attempt of the pack in which it was tested. Absent for a pack that was not sealed, whose test does not count,
    and for modules."""
    module_version: int | None = None
    """The version of the module that was tested. The test counts for the seal while the module has this version:
    cells that are bound or unbound afterwards make another. Absent for packs."""

"""The response of the overview: a section for each domain with numbers by state and by hour."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

Number = Annotated[int, Meta(ge=0)]
Hourly = Annotated[list[int], Meta(min_length=24, max_length=24)]
"""The numbers of 24 hours, oldest first, the running hour last."""
HourlyUnits = Annotated[list[float], Meta(min_length=24, max_length=24)]


class DispatchStates(msgspec.Struct, frozen=True, rename="camel"):
    """How many orders are in each state; of the final ones, how many came into it today."""

    assigned: Number
    """Orders that are offered to a courier who has not answered yet."""
    accepted: Number
    """Orders whose courier is on the way to the pickup."""
    arrived: Number
    """Orders whose courier is at the pickup."""
    picked_up: Number
    """Orders whose courier has the goods."""
    undeliverable: Number
    """Orders that could not be handed over and are not back yet."""
    delivered: Number
    """Orders that were delivered since midnight UTC."""
    returned: Number
    """Orders whose goods came back since midnight UTC."""
    no_nearby_driver: Number
    """Orders that found no free courier since midnight UTC."""
    canceled_by_customer: Number
    """Orders that their customers canceled since midnight UTC."""
    canceled_by_dispatcher: Number
    """Orders that dispatchers canceled since midnight UTC."""


class DispatchHours(msgspec.Struct, frozen=True, rename="camel"):
    """What happened to orders in each of the 24 hours."""

    created: Hourly
    """Orders that were created, by hour."""
    delivered: Hourly
    """Orders that were delivered, by hour."""
    no_nearby_driver: Hourly
    """Orders that found no free courier, by hour."""
    undeliverable: Hourly
    """Orders that could not be handed over, by hour."""
    returned: Hourly
    """Orders whose goods came back, by hour."""
    canceled_by_customer: Hourly
    """Orders that their customers canceled, by hour."""
    canceled_by_dispatcher: Hourly
    """Orders that dispatchers canceled, by hour."""


class DispatchOverview(msgspec.Struct, frozen=True, rename="camel"):
    """The delivery orders of the organisation."""

    states: DispatchStates
    """The numbers by state."""
    at_least: list[str]
    """The fields of `states` whose number is a lower bound, because there are more than about 1,000; usually empty."""
    hours: DispatchHours
    """The numbers by hour."""


class PickingStates(msgspec.Struct, frozen=True, rename="camel"):
    """How many pick assignments are in each status; of the final ones, how many came into it today."""

    queued: Number
    """Assignments that wait for a picker."""
    active: Number
    """Assignments that at least one picker holds."""
    completed: Number
    """Assignments that were completed since midnight UTC, less those whose last pick was undone."""
    closed: Number
    """Assignments that were closed early since midnight UTC."""


class PickingHours(msgspec.Struct, frozen=True, rename="camel"):
    """What happened to pick assignments in each of the 24 hours.

    What is undone is subtracted in the hour of the undo, so a number may be negative.
    """

    created: Hourly
    """Assignments that were imported for the first time, by hour."""
    completed: Hourly
    """Assignments that were completed, by hour."""
    closed: Hourly
    """Assignments that were closed early, by hour."""
    units: HourlyUnits
    """Units that were picked, by hour, with up to six decimal places."""


class PickingOverview(msgspec.Struct, frozen=True, rename="camel"):
    """The pick assignments of the organisation."""

    states: PickingStates
    """The numbers by status."""
    at_least: list[str]
    """The fields of `states` whose number is a lower bound, because there are more than about 1,000; usually empty."""
    hours: PickingHours
    """The numbers by hour."""


class PackingStates(msgspec.Struct, frozen=True, rename="camel"):
    """How many shipments are in each status; of those that are packed, how many were completed today."""

    pending: Number
    """Shipments of which nothing is packed yet."""
    packing: Number
    """Shipments of which something is packed."""
    packed: Number
    """Shipments that were completed since midnight UTC."""


class PackingHours(msgspec.Struct, frozen=True, rename="camel"):
    """What happened to shipments in each of the 24 hours."""

    created: Hourly
    """Shipments that were imported for the first time, by hour."""
    packed: Hourly
    """Shipments that were completed, by hour."""


class PackingOverview(msgspec.Struct, frozen=True, rename="camel"):
    """The shipments of the organisation. One whose lines are being imported is in no number."""

    states: PackingStates
    """The numbers by status."""
    at_least: list[str]
    """The fields of `states` whose number is a lower bound, because more than about 1,000 shipments can be packed;
    usually empty."""
    hours: PackingHours
    """The numbers by hour."""


class MaintenanceStates(msgspec.Struct, frozen=True, rename="camel"):
    """How many work orders are in each state; of those that are done, how many were finished today."""

    routed: Number
    """Work orders that have no technician yet."""
    assigned: Number
    """Work orders that a technician has and has not started."""
    in_progress: Number
    """Work orders that a technician has started."""
    on_hold: Number
    """Work orders that are on hold."""
    returned: Number
    """Work orders that a technician gave back and that have no new one yet."""
    outsourced: Number
    """Work orders that a vendor has."""
    done: Number
    """Work orders that were finished since midnight UTC."""


class MaintenanceHours(msgspec.Struct, frozen=True, rename="camel"):
    """What happened to work orders in each of the 24 hours."""

    created: Hourly
    """Work orders that were made, by hour."""
    done: Hourly
    """Work orders that were finished, by hour."""


class MaintenanceOverview(msgspec.Struct, frozen=True, rename="camel"):
    """The work orders of the organisation, or of the caller's game zone if the permission covers only that."""

    states: MaintenanceStates
    """The numbers by state."""
    overdue: Number
    """Work orders past their due date, of all states but `DONE`."""
    due_soon: Number
    """Work orders of the same states that are due within `dueSoonHours` of the organisation's settings."""
    at_least: list[str]
    """The fields, also `overdue` and `dueSoon`, whose number is a lower bound, because there are more than 1,000;
    usually empty."""
    hours: MaintenanceHours
    """The numbers by hour."""


class ManufacturingStates(msgspec.Struct, frozen=True, rename="camel"):
    """How many batches, modules and packs are in work, and how many were finished today."""

    batches_draft: Number
    """Batches that are not started."""
    batches_in_progress: Number
    """Batches that are started and not completed."""
    batches_completed: Number
    """Batches that were completed since midnight UTC."""
    modules_draft: Number
    """Modules without a cell."""
    modules_in_progress: Number
    """Modules with a cell that are not sealed."""
    modules_sealed: Number
    """Modules that were sealed since midnight UTC."""
    packs_draft: Number
    """Packs without a module."""
    packs_in_progress: Number
    """Packs with a module that are not sealed."""
    packs_ready_for_eol: Number
    """Packs that are sealed and wait for the decision after their test, also those in quarantine and those that came
    back from a customer."""
    packs_in_quarantine: Number
    """Those of them whose newest disposition is `QUARANTINE`."""
    packs_in_rework: Number
    """Packs that were opened again and are not sealed yet."""
    packs_passed: Number
    """Packs that passed since midnight UTC."""
    packs_failed: Number
    """Packs that failed since midnight UTC."""


class ManufacturingHours(msgspec.Struct, frozen=True, rename="camel"):
    """What happened on the line in each of the 24 hours."""

    batches_completed: Hourly
    """Batches that were completed, by hour."""
    modules_sealed: Hourly
    """Modules that were sealed, by hour."""
    packs_sealed: Hourly
    """Packs that were sealed, by hour."""
    packs_passed: Hourly
    """Packs that passed, by hour."""
    packs_failed: Hourly
    """Packs that failed, by hour."""


class ManufacturingOverview(msgspec.Struct, frozen=True, rename="camel"):
    """The batches, modules and packs of the organisation."""

    states: ManufacturingStates
    """The numbers by state."""
    hours: ManufacturingHours
    """The numbers by hour."""


class OverviewView(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What runs today in each domain that the caller may see."""

    first_hour: datetime
    """The beginning of the first of the 24 hours that `hours` are about, UTC. The last one is the running hour."""
    dispatch: DispatchOverview | None = None
    """Delivery orders. Absent unless the caller may list all of them (`dispatch.order.manage`)."""
    picking: PickingOverview | None = None
    """Pick assignments. Absent unless the caller may list all of them (`picking.assignment.read`)."""
    packing: PackingOverview | None = None
    """Shipments. Absent unless the caller may list all of them (`packing.shipment.read`)."""
    maintenance: MaintenanceOverview | None = None
    """Work orders. Absent unless the caller may list them (`maintenance.workorder.list`)."""
    manufacturing: ManufacturingOverview | None = None
    """The production line. Absent unless the caller may list all packs (`manufacturing.pack.read`)."""

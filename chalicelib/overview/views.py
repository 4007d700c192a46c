"""The overview as clients read it."""

from collections.abc import Mapping
from typing import Any

from chalicelib.core.activity import Activity
from chalicelib.overview import schemas
from chalicelib.overview.queries import Overview

_SECTIONS: Mapping[str, tuple[type[Any], type[Any], type[Any]]] = {
    "dispatch": (schemas.DispatchOverview, schemas.DispatchStates, schemas.DispatchHours),
    "picking": (schemas.PickingOverview, schemas.PickingStates, schemas.PickingHours),
    "packing": (schemas.PackingOverview, schemas.PackingStates, schemas.PackingHours),
    "maintenance": (schemas.MaintenanceOverview, schemas.MaintenanceStates, schemas.MaintenanceHours),
    "manufacturing": (schemas.ManufacturingOverview, schemas.ManufacturingStates, schemas.ManufacturingHours),
}
"""The types of each section, of its states and of its hours. Their fields have the names of the counts."""
_WITH_FRACTIONS = frozenset({"units"})


def overview_view(overview: Overview) -> schemas.OverviewView:
    """Return the sections of the domains that the caller may see."""
    sections = {name: _section(activity, *_SECTIONS[name]) for name, activity in overview.domains.items()}
    return schemas.OverviewView(overview.hours.first_hour, **sections)


def _section(activity: Activity, section: type[Any], states: type[Any], hours: type[Any]) -> Any:
    numbers = activity.counts.numbers
    known: dict[str, Any] = {name: numbers[name] for name in section.__struct_fields__ if name in numbers}
    if "at_least" in section.__struct_fields__:
        known["at_least"] = [_public(name) for name in activity.counts.at_least]
    return section(states=_states(activity, states), hours=_hours(activity, hours), **known)


def _states(activity: Activity, kind: type[Any]) -> Any:
    """Return the number now of each open state, and of each final one how many came into it today."""
    numbers = activity.counts.numbers
    return kind(
        **{
            name: numbers[name] if name in numbers else max(0, activity.hours.today(name))
            for name in kind.__struct_fields__
        }
    )


def _hours(activity: Activity, kind: type[Any]) -> Any:
    hours = activity.hours
    return kind(
        **{
            name: hours.amounts(name) if name in _WITH_FRACTIONS else hours.numbers(name)
            for name in kind.__struct_fields__
        }
    )


def _public(name: str) -> str:
    """Return the name of a field as clients read it."""
    first, *others = name.split("_")
    return first + "".join(map(str.title, others))

"""An example of the overview: a morning in a small organisation."""

from collections.abc import Mapping, Sequence


def _hourly(*numbers: float) -> Sequence[float]:
    """Return the values of 24 hours of which the last ones are these."""
    return [0] * (24 - len(numbers)) + list(numbers)


OVERVIEW: Mapping[str, object] = {
    "firstHour": "2026-03-13T10:00:00Z",
    "dispatch": {
        "states": {
            "assigned": 2,
            "accepted": 3,
            "arrived": 1,
            "pickedUp": 4,
            "delivered": 41,
            "noNearbyDriver": 1,
            "canceledByCustomer": 2,
        },
        "atLeast": [],
        "hours": {
            "created": _hourly(14, 21, 19),
            "delivered": _hourly(9, 17, 15),
            "noNearbyDriver": _hourly(0, 1, 0),
            "canceledByCustomer": _hourly(1, 0, 1),
        },
    },
    "picking": {
        "states": {"queued": 18, "active": 6, "completed": 27, "closed": 1},
        "atLeast": [],
        "hours": {
            "created": _hourly(52, 0, 0),
            "completed": _hourly(7, 11, 9),
            "closed": _hourly(0, 1, 0),
            "units": _hourly(310, 462.5, 388),
        },
    },
    "packing": {
        "states": {"pending": 25, "packing": 4, "packed": 19},
        "atLeast": [],
        "hours": {"created": _hourly(48, 0, 0), "packed": _hourly(5, 8, 6)},
    },
    "maintenance": {
        "states": {"routed": 1, "assigned": 3, "inProgress": 2, "onHold": 0, "returned": 0, "outsourced": 1, "done": 5},
        "overdue": 1,
        "dueSoon": 2,
        "atLeast": [],
        "hours": {"created": _hourly(3, 2, 1), "done": _hourly(1, 2, 2)},
    },
    "manufacturing": {
        "states": {
            "batchesDraft": 1,
            "batchesInProgress": 2,
            "batchesCompleted": 0,
            "modulesDraft": 4,
            "modulesInProgress": 7,
            "modulesSealed": 38,
            "packsDraft": 0,
            "packsInProgress": 3,
            "packsReadyForEol": 2,
            "packsInQuarantine": 1,
            "packsInRework": 1,
            "packsPassed": 8,
            "packsFailed": 1,
        },
        "hours": {
            "batchesCompleted": _hourly(),
            "modulesSealed": _hourly(12, 14, 12),
            "packsSealed": _hourly(3, 4, 3),
            "packsPassed": _hourly(2, 3, 3),
            "packsFailed": _hourly(0, 1, 0),
        },
    },
}
"""The response for a caller who may see every domain."""

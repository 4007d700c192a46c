"""Computes the cost of a million requests of each endpoint on AWS from measurements and public prices.

`make bench ARGS="--only cost"` prints it. Prices are list prices of us-east-1 as of November 2024, when DynamoDB's were
last known to change; look up today's for your region and put them here. Free tiers and discounts for volume are left
out, and so are storage, logs, traffic, and the minutes for which sockets are open (USD 0.25 per million).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from infra.packaging.project import ROOT
from tests.benchmarks.capacity import Units
from tests.benchmarks.endpoints import Figures, each
from tests.benchmarks.metered import MeteredEngine
from tests.benchmarks.report import Report, typical

READ_UNIT, WRITE_UNIT = 0.125, 0.625
"""USD for a million on-demand units of DynamoDB."""
REST_REQUEST = 3.50
"""USD for a million requests of a REST API."""
SOCKET_MESSAGE = 1.00
"""USD for a million messages to or from sockets."""
FUNCTION_CALL, GB_SECOND = 0.20, 0.0000133334
"""USD for a million calls of a function on arm64, and for one gigabyte-second of it."""

TRIP_MS = 8.0
"""The assumed time of a round trip to DynamoDB: a get takes less, a transaction more."""
ONE_PROCESSOR_MB = 1769
"""The memory of a function with one whole processor; processor time is proportional to memory."""

HEADER = ("endpoint", "RU", "WU", "function ms", "DynamoDB", "Lambda", "gateway", "USD per million")


@dataclass(frozen=True, slots=True)
class Cost:
    """USD for a million requests."""

    store: float
    function: float
    gateway: float

    @property
    def total(self) -> float:
        """The total."""
        return self.store + self.function + self.gateway


def function_ms(cpu_s: float, trips: int, memory_mb: int) -> float:
    """Return the duration of a warm function of this size, from its processor time and round trips."""
    slower = max(1.0, ONE_PROCESSOR_MB / memory_mb)
    return cpu_s * 1000 * slower + trips * TRIP_MS


def cost(units: Units, took_ms: float, memory_mb: int, gateway: float = REST_REQUEST) -> Cost:
    """Return the cost of a million requests, or messages, with these units and duration."""
    seconds = took_ms / 1000 * 1_000_000
    return Cost(
        units.read * READ_UNIT + units.write * WRITE_UNIT,
        FUNCTION_CALL + seconds * memory_mb / 1024 * GB_SECOND,
        gateway,
    )


def run(report: Report, engine: MeteredEngine, *, rounds: int) -> None:
    """Measure all endpoints and print their cost."""
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())
    memory_mb = config["stages"]["prod"]["lambda_functions"]["api_handler"]["lambda_memory_size"]
    report.title(
        "Cost of a million requests, in USD",
        f"DynamoDB on demand {READ_UNIT} and {WRITE_UNIT} per million RU and WU, Lambda on arm64 {FUNCTION_CALL} per "
        f"million and {GB_SECOND} per GB-s, REST {REST_REQUEST} per million:",
        "list prices of us-east-1 as of November 2024. Units and times include delivery to sockets. Function ms: "
        f"measured processor time on {memory_mb} MB,",
        f"and {TRIP_MS:g} ms for each round trip. A message to a socket costs 1.00 per million more.",
    )
    report.table(HEADER, [_row(scenario.name, figures, memory_mb) for scenario, _, figures in each(engine, rounds)])


def _row(name: str, figures: Figures, memory_mb: int) -> Sequence[str]:
    units = figures.units + figures.delivery_units
    took_ms = function_ms(
        typical(figures.own) + typical(figures.delivery), len(figures.trips) + figures.delivery_trips, memory_mb
    )
    priced = cost(units, took_ms, memory_mb)
    return (
        name,
        f"{units.read:g}",
        f"{units.write:g}",
        f"{took_ms:.0f}",
        *(f"{one:.2f}" for one in (priced.store, priced.function, priced.gateway, priced.total)),
    )

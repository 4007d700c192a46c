"""`python -m tests.benchmarks`: measure and print everything. The exit code is 0 for any result."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from importlib.metadata import version
from pathlib import Path

from tests import environment  # isort: skip  # first: the application reads its settings once, when it is imported

environment.prepare()
# What runs in production is measured: logging and metrics included, with the output thrown away.
os.environ["BATON_LOG_LEVEL"] = "INFO"
os.environ.pop("POWERTOOLS_METRICS_DISABLED", None)

from chalicelib.core import aws  # noqa: E402
from chalicelib.core.settings import settings  # noqa: E402
from infra.local.objects import EmbeddedObjects  # noqa: E402
from tests.benchmarks import (  # noqa: E402
    assignment,
    boxes,
    costing,
    deliveries,
    endpoints,
    importing,
    long_lists,
    mailboxes,
    packing,
    photographs,
    picking,
    positions,
    reminding,
    scheduling,
    serving,
    sweeping,
)
from tests.benchmarks.metered import MeteredEngine  # noqa: E402
from tests.benchmarks.report import Report  # noqa: E402

_PACKAGES = ("chalice", "pynamodb", "botocore", "msgspec", "PyJWT", "moto")


def _endpoints(report: Report, engine: MeteredEngine, *, quick: bool) -> None:
    endpoints.run(report, engine, rounds=8 if quick else 30)


def _deliveries(report: Report, engine: MeteredEngine, *, quick: bool) -> None:
    deliveries.run(report, engine, rounds=30 if quick else 100)


def _assignment(report: Report, engine: MeteredEngine, *, quick: bool) -> None:
    counts = (100, 1_000, 10_000) if quick else (100, 1_000, 10_000, 100_000)
    assignment.run(report, engine, rounds=8 if quick else 30, counts=counts, widths=(10, 90))


def _sweep(report: Report, engine: MeteredEngine, *, quick: bool) -> None:
    counts = (1_000, 10_000) if quick else (1_000, 100_000)
    sweeping.run(report, engine, passes=3 if quick else 6, counts=counts)


def _reminders(report: Report, engine: MeteredEngine, *, quick: bool) -> None:
    counts = (1_000, 5_000) if quick else (1_000, 50_000)
    reminding.run(report, engine, passes=3 if quick else 6, counts=counts)


def _schedules(report: Report, engine: MeteredEngine, *, quick: bool) -> None:
    scheduling.run(report, engine, counts=(10, 500) if quick else (10, 5_000))


def _long_lists(report: Report, engine: MeteredEngine, *, quick: bool) -> None:
    long_lists.run(report, engine, count=100_000 if quick else 1_000_000)


def _mailboxes(report: Report, engine: MeteredEngine, *, quick: bool) -> None:
    mailboxes.run(report, engine, rounds=20 if quick else 60)


def _positions(report: Report, engine: MeteredEngine, *, quick: bool) -> None:
    positions.run(report, engine, couriers=40 if quick else 100, rounds=24 if quick else 48)


def _imports(report: Report, _: MeteredEngine, *, quick: bool) -> None:
    importing.run(report, pairs=5 if quick else 15)


def _picking(report: Report, engine: MeteredEngine, *, quick: bool) -> None:
    picking.run(report, engine, events=200 if quick else 1_000)


def _boxes(report: Report, engine: MeteredEngine, *, quick: bool) -> None:
    boxes.run(report, engine, rounds=40 if quick else 150)


def _packing(report: Report, _: MeteredEngine, *, quick: bool) -> None:
    packing.run(report, rounds=20 if quick else 60)


def _photos(report: Report, _: MeteredEngine, *, quick: bool) -> None:
    photographs.run(report, rounds=1 if quick else 5)


def _cost(report: Report, engine: MeteredEngine, *, quick: bool) -> None:
    costing.run(report, engine, rounds=4 if quick else 12)


def _server(report: Report, _: MeteredEngine, *, quick: bool) -> None:
    serving.run(report, seconds=1 if quick else 3)


BENCHMARKS: dict[str, Callable[..., None]] = {
    "endpoints": _endpoints,
    "deliveries": _deliveries,
    "assignment": _assignment,
    "sweep": _sweep,
    "reminders": _reminders,
    "schedules": _schedules,
    "lists": _long_lists,
    "mailboxes": _mailboxes,
    "positions": _positions,
    "import": _imports,
    "picking": _picking,
    "boxes": _boxes,
    "packing": _packing,
    "photos": _photos,
    "server": _server,
    "cost": _cost,
}
_ONLY_WHEN_ASKED = frozenset({"cost"})
"""Parts that print the same figures in another form."""


def _objects() -> EmbeddedObjects:
    """The photo bucket in memory; its calls are not counted as round trips."""
    return EmbeddedObjects(settings().photo_bucket)


def main() -> None:
    """Run the selected parts."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds and smaller tables")
    parser.add_argument("--only", choices=BENCHMARKS, action="append", help="one benchmark; may be repeated")
    options = parser.parse_args()
    report = Report(sys.stdout)
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    report.say(f"Python {platform.python_version()} on {platform.machine()}, {os.cpu_count()} processors; {versions}")
    started = time.perf_counter()
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), MeteredEngine() as engine, _objects():
        aws.forget_clients()
        for name in options.only or [name for name in BENCHMARKS if name not in _ONLY_WHEN_ASKED]:
            BENCHMARKS[name](report, engine, quick=options.quick)
    if report.hits or report.misses:
        report.summary()
    report.say(f"\nmeasured in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()

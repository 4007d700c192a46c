"""The report on the line, and what it has to say by a recount of all tests and dispositions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from statistics import mean, stdev
from typing import Any

from chalicelib.manufacturing.quality.reports.rules import MeasuredSums, sums_of
from chalicelib.manufacturing.quality.reports.tables import DISPOSED, MODULE_TEST, PACK_TEST
from chalicelib.manufacturing.quality.tables import DispositionRecord
from chalicelib.manufacturing.quality.tests.tables import UnitTestRecord
from chalicelib.manufacturing.sku_spec import Measurement
from tests.builders.world import Answer, Person

PATH = "/v1/reports/line"
Figures = dict[str, int]
Place = tuple[str, str, str, str]
"""A batch, the kind of what was counted, a step and the name of a measurement."""
COUNTS = ("firstDispositions", "firstPassed", "passed", "failed", "quarantined", "tests", "testsFailed")
_DISPOSITIONS = {"PASS": "passed", "FAIL": "failed", "QUARANTINE": "quarantined"}


def asked(person: Person, query: str = "", **headers: str) -> Answer:
    """Ask for the report."""
    answer = person.get(f"{PATH}?{query}", **headers)
    assert answer.status == 200, answer
    return answer


def report(person: Person, query: str = "") -> dict[str, Any]:
    """Return the report."""
    found: dict[str, Any] = asked(person, query).json["data"]
    return found


def counts(row: dict[str, Any]) -> Figures:
    """Return the counts of a row that are not zero."""
    return {name: row[name] for name in COUNTS if row[name]}


def recounted(dispositions: Iterable[DispositionRecord], tests: Iterable[UnitTestRecord]) -> Figures:
    """Return the counts that these records give."""
    found: Figures = defaultdict(int)
    decided: dict[str, list[DispositionRecord]] = defaultdict(list)
    for record in dispositions:
        decided[record.pack_id].append(record)
        found[_DISPOSITIONS[record.disposition]] += 1
    for of_pack in decided.values():
        found["firstDispositions"] += 1
        found["firstPassed"] += min(of_pack, key=lambda record: record.sk).disposition == "PASS"
    for test in tests:
        found["tests"] += 1
        found["testsFailed"] += not test.has_passed
    return {name: number for name, number in found.items() if number}


def added_up(
    dispositions: Iterable[DispositionRecord], tests: Iterable[UnitTestRecord], batches: Mapping[str, str]
) -> dict[Place, MeasuredSums]:
    """Return the sums of all measured values; `batches` are those of the units by their ids."""
    sums: dict[Place, MeasuredSums] = defaultdict(MeasuredSums)

    def add(unit_id: str, kind: str, step: str, measurements: Mapping[str, Measurement]) -> None:
        for name, measured in measurements.items():
            place = (batches[unit_id], kind, step, name)
            sums[place] = sums[place].plus(sums_of(measured.value, None))

    for record in dispositions:
        add(record.pack_id, DISPOSED, "", record.measurements or {})
    for test in tests:
        kind = MODULE_TEST if test.unit_id.startswith("MOD-") else PACK_TEST
        add(test.unit_id, kind, test.step, test.measurements)
    return sums


def expected_capability(values: list[Decimal], low: Decimal | None, high: Decimal | None) -> dict[str, float | None]:
    """Return mean, deviation, Cp and Cpk of values, calculated as the textbook says."""
    deviation = stdev(values) if len(values) > 1 else None
    middle = mean(values)
    sides = [side for side in (None if high is None else high - middle, None if low is None else middle - low) if side]
    cp = (high - low) / (6 * deviation) if deviation and high is not None and low is not None else None
    cpk = min(sides) / (3 * deviation) if deviation and sides else None
    found = {"mean": middle, "standardDeviation": deviation, "cp": cp, "cpk": cpk}
    return {name: None if value is None else float(value) for name, value in found.items()}

"""Traces, exports and recalls of a pack of 200 modules of 48 cells, all of one lot."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from tests.benchmarks.stage import Hit, Stage
from tests.builders.big_pack import BigPack, big_pack
from tests.builders.manufacturing import Line
from tests.builders.world import Person

SITUATION = "a pack of 9,600 cells"
TRIPS = 6
"""The budget of a page: ancestors and descendants depend on each other and are read one after the other."""
_EXPORT = "/v1/trace/{serial}/export"


@cache
def _plant(stage: Stage) -> tuple[Person, BigPack]:
    line = Line(stage.world)
    return line.viewer, big_pack(line)


def _traced(stage: Stage, pick: Callable[[BigPack], str], path: str = "/v1/trace/{serial}", **query: str) -> Hit:
    person, pack = _plant(stage)
    return Hit("GET", path, person, params={"serial": pick(pack)}, query=query)


def _recalled(stage: Stage) -> Hit:
    person, pack = _plant(stage)
    return Hit("GET", "/v1/trace/affected", person, query={"cellLot": pack.lot})


def _pack(pack: BigPack) -> str:
    return pack.serial


def _module(pack: BigPack) -> str:
    return pack.modules[-1].serial


def _cell(pack: BigPack) -> str:
    return pack.modules[-1].cells[-1]


SCENARIOS: dict[str, Callable[[Stage], Hit]] = {
    "GET /v1/trace, a cell": partial(_traced, pick=_cell),
    "GET /v1/trace, a module": partial(_traced, pick=_module),
    "GET /v1/trace, a pack, 200 a page": partial(_traced, pick=_pack),
    "GET /v1/trace, a pack, 1,000 a page": partial(_traced, pick=_pack, limit="1000"),
    "GET trace/export, a cell": partial(_traced, pick=_cell, path=_EXPORT),
    "GET trace/export, a pack, 2,000 cells a page": partial(_traced, pick=_pack, path=_EXPORT),
    "GET trace/affected, 200 modules": _recalled,
}

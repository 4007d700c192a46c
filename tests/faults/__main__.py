"""`python -m tests.faults`: run the workload on faults, recount everything, and print the figures.

Exit codes: 0 nothing is wrong, 1 something is, 2 wrong arguments.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Event
from time import monotonic

from tests import environment  # isort: skip  # first: the application reads its settings once, when it is imported

_COMMAND = os.environ.get("BATON_FAULTS_ENGINE_COMMAND")
_TOKENS_FOR_A_DAY = {"BATON_ACCESS_TOKEN_S": "86400"}
environment.prepare(**_TOKENS_FOR_A_DAY)
os.environ.update(_TOKENS_FOR_A_DAY)

from chalicelib.core.settings import settings  # noqa: E402
from tests.faults import checker, snapshot  # noqa: E402
from tests.faults.calls import Journal  # noqa: E402
from tests.faults.crew import ORG, crew_at  # noqa: E402
from tests.faults.mail import newest_numbers, queue_lengths  # noqa: E402
from tests.faults.processes import Engine, Kills, Product  # noqa: E402
from tests.faults.profiles import PROFILES, Profile  # noqa: E402
from tests.faults.proxy import Proxy  # noqa: E402
from tests.faults.report import Figures, report  # noqa: E402
from tests.faults.snapshot import Snapshot  # noqa: E402
from tests.faults.workload import Workload  # noqa: E402
from tests.races.engines import pointed_at  # noqa: E402

_CATCH_UP_S = 120.0
_NOT_KEPT = (
    "The engine keeps no data, so only the product is killed. docs/reliability.md says how to get one that does."
)


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for."""

    seconds: float
    seed: int
    profiles: list[Profile]
    log: Path | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Break the store and recount.")
    parser.add_argument("--minutes", type=float, default=10.0, help="time of all profiles together (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of all random choices (%(default)s)")
    parser.add_argument("--profile", default="all", choices=["all", *PROFILES], help="one profile (%(default)s)")
    parser.add_argument("--log", type=Path, help="a file for the error output of the product")
    given = parser.parse_args(arguments)
    chosen = list(PROFILES.values()) if given.profile == "all" else [PROFILES[given.profile]]
    figures = run(Options(given.minutes * 60, given.seed, chosen, given.log))
    print(report(figures))
    return 1 if figures.violations else 0


def run(options: Options) -> Figures:
    """Run all profiles and return what came of it."""
    seeds = Random(options.seed)
    with ExitStack() as opened:
        folder = Path(opened.enter_context(TemporaryDirectory(prefix="baton-faults-")))
        engine = opened.enter_context(Engine(_COMMAND or shutil.which("dynoxide"), folder))
        if not engine.keeps_data:
            print(_NOT_KEPT)
        proxy = opened.enter_context(Proxy(engine.port, seeds.randrange(1 << 30)))
        opened.enter_context(pointed_at(engine.url))
        product = opened.enter_context(Product(proxy, folder, **_own_settings()))
        work = Workload(crew_at(product.base, Journal(lambda: proxy.profile.name)), Random(seeds.random()))
        work.open()
        kills = Kills(proxy, product, engine, Random(seeds.random()))
        began = monotonic()
        _play(options, proxy, work, kills)
        seconds = monotonic() - began
        figures = _checked(work, kills, Figures(options.seed, seconds, work.crew.journal, proxy, work.listeners))
        work.hang_up()
        product.end()
        if options.log is not None:
            options.log.write_text("\n".join(product.errors))
        return figures


def _own_settings() -> dict[str, str]:
    """Return the settings of the product: the keys of this process, and a life in which more happens."""
    stage, keys = settings().stage, settings().token_keys.reveal()
    brisk = {"BATON_SWEEP_EVERY_S": "2", "BATON_OFFER_LIFE_S": "6"}
    return {"BATON_STAGE": stage, "BATON_TOKEN_KEYS": keys, **_TOKENS_FOR_A_DAY, **brisk}


def _checked(work: Workload, kills: Kills, figures: Figures) -> Figures:
    """Return the figures with what is wrong."""
    late, found = _caught_up(work)
    violations = [*_harness_errors(work, kills), *late, *checker.check(found, _evidence(work))]
    return replace(figures, kills=kills.done, items=len(found), violations=violations)


def _play(options: Options, proxy: Proxy, work: Workload, kills: Kills) -> None:
    """Let everybody work while one profile follows the other; what was begun is answered without faults."""
    work.start()
    with kills.at_random():
        for profile in options.profiles:
            proxy.profile = profile
            print(f"{profile.name} ...", flush=True)
            Event().wait(options.seconds / len(options.profiles))
    proxy.profile = PROFILES["calm"]
    work.finish()


def _caught_up(work: Workload) -> tuple[list[str], Snapshot]:
    """Let every socket connect once more; wait until it has everything and no mailbox has events to number.

    Returns who did not get it in time, and the content of the engine at that moment: the scheduled passes go on, so at
    any later one some mailbox may have a new event that nobody has numbered yet.
    """
    for listener in work.listeners:
        listener.is_last.set()
    began = monotonic()
    while True:
        Event().wait(2.0)
        found = snapshot.taken(ORG)
        newest = newest_numbers(found)
        waiting = [one for one in work.listeners if not one.has_all(newest.get(one.caller.user_id, 0))]
        if monotonic() - began >= _CATCH_UP_S or not (waiting or queue_lengths(found)):
            late = [f"{one.style} {one.caller.user_id} has not caught up in {_CATCH_UP_S:.0f} s" for one in waiting]
            return late, found


def _evidence(work: Workload) -> checker.Evidence:
    journal = work.crew.journal
    accepted = frozenset(event for picker in work.pickers for event in picker.accepted)
    received = {one.caller.user_id: list(map(list, one.connections)) for one in work.listeners}
    return checker.Evidence(list(journal.changes), list(journal.bad), accepted, received)


def _harness_errors(work: Workload, kills: Kills) -> list[str]:
    errors = [f"a worker ended: {text}" for text in work.crashed]
    errors += [f"the kills ended: {error!r} {getattr(error, '__notes__', '')}" for error in kills.failed]
    return errors + [f"never answered: {name}" for name in work.crew.journal.unanswered]


if __name__ == "__main__":
    sys.exit(main())

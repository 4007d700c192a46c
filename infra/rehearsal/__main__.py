"""`python -m infra.rehearsal`: deploy everything to an emulator of AWS, play the flows on it, take it away again.

Exit codes: 0 everything went as promised, 1 something did not, 2 nothing could be tried, because emulator or libraries
could not be fetched. Whatever happens, nothing is left running, and nothing is left behind but the emulator's virtual
environment, its log and the package in `build/`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import CalledProcessError
from typing import TYPE_CHECKING

from infra.packaging.project import ROOT
from infra.rehearsal import emulator
from infra.rehearsal.adaptation import ALWAYS, differences
from infra.rehearsal.emulator import Emulator, NoEmulator

if TYPE_CHECKING:
    from infra.rehearsal.stage import Stage

LOG = ROOT / "build" / "rehearsal.log"


class Told:
    """Says what happens, and when since the beginning."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._start = clock()

    def title(self, text: str) -> None:
        """What happens next."""
        print(f"[{self._clock() - self._start:5.1f} s] {text}", flush=True)

    def line(self, text: str) -> None:
        """What came of it."""
        print(f"          {text}", flush=True)


def main() -> int:
    """Rehearse; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m infra.rehearsal", description="Deploy to an emulator, and try it.")
    parser.add_argument("--stage", default="prod", help="a stage of .chalice/config.json (prod)")
    wanted = parser.parse_args()
    told = Told()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # or the emulator would be left running
    try:
        told.title("The emulator starts")
        python = emulator.install(told.line)
        with emulator.running(python) as running:
            told.line(f"it listens on {running.url}")
            os.environ.update(_only_there(running, wanted.stage))
            try:
                return _rehearse(wanted.stage, running, told)
            finally:
                _keep_log(running.log)
    except NoEmulator as error:
        print(f"There is no emulator: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _only_there(running: Emulator, stage: str) -> dict[str, str]:
    """Take everything out of this process's environment that could lead to AWS; what leads to the emulator instead."""
    kept = emulator.without_aws(os.environ)
    os.environ.clear()
    return {**kept, **running.environment(), "BATON_STAGE": stage}


def _rehearse(name: str, running: Emulator, told: Told) -> int:
    """The rehearsal itself. What belongs to the application is imported here, because it reads its settings then."""
    from botocore.exceptions import BotoCoreError, ClientError

    from infra.deploy import CannotDeploy
    from infra.packaging.check import BadPackage
    from infra.rehearsal.stage import Stage, WentWrong
    from infra.stacks.rollout import RolloutFailed

    try:
        _play(Stage(name, running, told.line), told)
    except CalledProcessError as error:
        print(f"The package cannot be built: {error}", file=sys.stderr)
        return 2
    except (BadPackage, BotoCoreError, CannotDeploy, ClientError, RolloutFailed, WentWrong) as error:
        print(f"It did not go as promised: {error}", file=sys.stderr)
        return 1
    told.title("Everything went as promised")
    return 0


def _play(stage: Stage, told: Told) -> None:
    told.title("make infra: tables, buckets, keys")
    stage.lay_foundation()
    told.title("make deploy: the package is built and rolled out")
    rest, sockets = stage.deploy()
    told.title("The first organisation and its administrator")
    site = stage.begin(rest, sockets)
    told.title("The flows, over API Gateway, its sockets and the schedule")
    try:
        stage.flows(site)
    finally:
        for line in stage.complaints():
            told.line(line)
    told.title("What the roles may not do")
    stage.audit_trail_stays()
    told.title("What the emulator does otherwise than AWS")
    for line in (*differences(rest, sockets), *ALWAYS):
        told.line(line)
    told.title("The application is removed")
    stage.remove()


def _keep_log(log: Path) -> None:
    LOG.parent.mkdir(exist_ok=True)
    shutil.copy(log, LOG)


if __name__ == "__main__":
    sys.exit(main())

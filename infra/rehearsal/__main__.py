"""`python -m infra.rehearsal`: deploy everything to an emulator of AWS, run the flows on it, and remove it.

Exit codes: 0 success, 1 failure, 2 not started because emulator or libraries could not be downloaded. All processes are
stopped in any case. The emulator's virtual environment, its log and the package stay in `build/`.
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
from infra.rehearsal.adaptation import NOT_EMULATED, differences
from infra.rehearsal.emulator import Emulator, EmulatorUnavailable

if TYPE_CHECKING:
    from infra.rehearsal.stage import EmulatedStage

LOG = ROOT / "build" / "rehearsal.log"


class ProgressPrinter:
    """Prints the steps with the time since the start."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._start = clock()

    def title(self, text: str) -> None:
        """Print the title of a step."""
        print(f"[{self._clock() - self._start:5.1f} s] {text}", flush=True)

    def line(self, text: str) -> None:
        """Print a result of a step."""
        print(f"          {text}", flush=True)


def main() -> int:
    """Run the rehearsal and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m infra.rehearsal", description="Deploy to an emulator and test it.")
    parser.add_argument("--stage", default="prod", help="a stage of .chalice/config.json (default: %(default)s)")
    options = parser.parse_args()
    progress = ProgressPrinter()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that the emulator is stopped
    try:
        progress.title("Start the emulator")
        python = emulator.install(progress.line)
        with emulator.running(python) as running:
            progress.line(f"listening on {running.url}")
            os.environ.update(_isolated_environment(running, options.stage))
            try:
                return _rehearse(options.stage, running, progress)
            finally:
                _keep_log(running.log)
    except EmulatorUnavailable as error:
        print(f"The emulator is not available: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _isolated_environment(running: Emulator, stage: str) -> dict[str, str]:
    """Clear the environment and return one that contains nothing of AWS except the emulator."""
    kept = emulator.without_aws(os.environ)
    os.environ.clear()
    return {**kept, **running.environment(), "BATON_STAGE": stage}


def _rehearse(name: str, running: Emulator, progress: ProgressPrinter) -> int:
    """Run the rehearsal. Imports the application here, because it reads its settings at import."""
    from botocore.exceptions import BotoCoreError, ClientError

    from infra.deploy import CannotDeploy
    from infra.hosting.files import NotBuilt
    from infra.packaging.check import BadPackage
    from infra.rehearsal.stage import EmulatedStage, RehearsalFailed
    from infra.stacks.rollout import RolloutFailed

    try:
        _play(EmulatedStage(name, running, progress.line), progress)
    except CalledProcessError as error:
        print(f"Cannot build the package: {error}", file=sys.stderr)
        return 2
    except (BadPackage, BotoCoreError, CannotDeploy, ClientError, NotBuilt, RolloutFailed, RehearsalFailed) as error:
        print(f"The rehearsal failed: {error}", file=sys.stderr)
        return 1
    progress.title("The rehearsal succeeded")
    return 0


def _play(stage: EmulatedStage, progress: ProgressPrinter) -> None:
    from infra.rehearsal.console import publish

    progress.title("make infra: create tables, buckets and keys")
    stage.deploy_foundation()
    progress.title("make deploy: build the package and roll it out")
    outputs = stage.deploy_application()
    rest, sockets = stage.urls(outputs)
    progress.title("make deploy: roll out the distribution and publish the web console")
    console = publish(stage.name, outputs, stage.emulator, progress.line)
    progress.title("Create the first organisation and its administrator")
    site = stage.bootstrap(rest, sockets)
    progress.title("Open the web console and sign in")
    console.check(site, progress.line)
    progress.title("Run the flows over API Gateway, its sockets and the schedules")
    try:
        stage.run_flows(site)
    finally:
        for line in stage.logged_errors():
            progress.line(line)
    progress.title("Check that no role may change the audit trail")
    stage.check_audit_trail()
    progress.title("Differences between the emulator and AWS")
    for line in (*differences(rest, sockets), *NOT_EMULATED):
        progress.line(line)
    progress.title("Remove the application")
    stage.remove()


def _keep_log(log: Path) -> None:
    LOG.parent.mkdir(exist_ok=True)
    shutil.copy(log, LOG)


if __name__ == "__main__":
    sys.exit(main())

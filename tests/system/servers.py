"""Starts and stops the local stack as a process."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, Thread
from typing import IO

from tests.races.engines import named_engine

ROOT = Path(__file__).parents[2]
PASSWORD = "a password for tests only"
READY = "Baton is ready"
PATIENCE_S = 120.0
QUICK_HASHING = {"BATON_STAGE": "test", "BATON_PASSWORD_MEMORY_KIB": "32"}

_BASE = re.compile(r"http://localhost:(\d+)/api")


def on_named_engine(stage: str) -> dict[str, str]:
    """Return the variables for a stack on the engine in `BATON_TEST_ENGINE`, with its own tables."""
    url = named_engine()
    if url is None:
        return {}
    return {"BATON_DYNAMODB_ENDPOINT": url, "BATON_LOCAL_OBJECTS": ":memory:", "BATON_STAGE": stage}


def clean_environment(**own: str) -> dict[str, str]:
    """Return the environment without variables of Baton and AWS, plus `own`."""
    inherited = os.environ  # noqa: TID251 - what a process inherits
    kept = {name: value for name, value in inherited.items() if not name.startswith(("BATON_", "AWS_", "POWERTOOLS_"))}
    kept.pop("PORT", None)
    return {**kept, **own}


@dataclass
class Output:
    """The output of a process, read continuously so that the process never blocks."""

    lines: list[str] = field(default_factory=list)
    ended: bool = False
    changed: Condition = field(default_factory=Condition)

    def read(self, stream: IO[str]) -> None:
        """Read until the end of the stream."""
        for line in stream:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def wait_for(self, beginning: str, patience_s: float = PATIENCE_S) -> bool:
        """Wait for a line that begins like this; return whether it came."""

        def came() -> bool:
            return any(line.startswith(beginning) for line in self.lines)

        with self.changed:
            self.changed.wait_for(lambda: came() or self.ended, patience_s)
            return came()

    @property
    def text(self) -> str:
        with self.changed:
            return "\n".join(self.lines)


@dataclass
class Server:
    """A running stack."""

    process: subprocess.Popen[str]
    output: Output
    errors: Output
    readers: list[Thread]

    @property
    def port(self) -> int:
        """The port in the banner."""
        found = _BASE.search(self.output.text)
        assert found is not None, self.output.text
        return int(found[1])

    @property
    def base(self) -> str:
        """The base URL of all paths."""
        return f"http://localhost:{self.port}/api"

    def end(self, how: signal.Signals = signal.SIGINT) -> int:
        """Send a signal, wait for the end and all output, and return the exit code."""
        self.process.send_signal(how)
        code = self.process.wait(PATIENCE_S)
        for reader in self.readers:
            reader.join(PATIENCE_S)
        return code


@contextmanager
def running(*arguments: str, **environment: str) -> Iterator[Server]:
    """Run a stack on a free port until the end of the block.

    It hashes passwords with little memory, unless a stage is named; production's hashing is half of a start.
    """
    hashing = {} if "BATON_STAGE" in environment else QUICK_HASHING
    own = {"PORT": "0", "BATON_DEMO_PASSWORD": PASSWORD, **hashing, **environment}
    with started([sys.executable, "-m", "infra.local", *arguments], READY, **own) as server:
        yield server


@contextmanager
def started(
    command: list[str], ready: str, cwd: Path = ROOT, patience_s: float = PATIENCE_S, /, **environment: str
) -> Iterator[Server]:
    """Run a process until the end of the block, after it has printed a line that begins with `ready`."""
    with subprocess.Popen(
        command,
        cwd=cwd,
        env=clean_environment(**environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        output, errors = Output(), Output()
        pairs = ((output, process.stdout), (errors, process.stderr))
        readers = [Thread(target=kept.read, args=(stream,), daemon=True) for kept, stream in pairs]
        for reader in readers:
            reader.start()
        server = Server(process, output, errors, readers)
        try:
            assert output.wait_for(ready, patience_s), f"{command} did not start"
            yield server
        except BaseException as error:
            error.add_note(f"The process said: {output.text[-5000:]}\n{errors.text[-5000:]}")
            raise
        finally:
            if process.poll() is None:
                server.end(signal.SIGTERM)  # a shell's background jobs, and what they start, may ignore Ctrl-C


def run_once(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one of the project's modules to its end."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=clean_environment(**environment),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S * 3,
        check=False,
    )

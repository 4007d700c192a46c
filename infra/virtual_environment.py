"""`python -m infra.virtual_environment READY`: make `.venv` and show what is done.

`make` runs this with the interpreter that the environment is made for, so it uses the standard library only. READY is
the content of `.venv/.ready`, which is written last: an interrupted installation leaves none and is done again.

uv installs the packages in parallel. Where it fails, for example because only pip is configured for the package index
of a company, pip does it. Both check the hashes of every file.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, TextIO

from infra.terminal import Style, style_of

ROOT = Path(__file__).resolve().parents[1]
_REQUIREMENTS = "requirements-dev.txt"
_UV = re.compile(r"^uv==.*?(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
_STEPS = 3
_REFRESH_S = 0.2
_REPORT_S = 10.0  # where the output is no terminal
_KEPT_LINES = 20


class SetupFailed(Exception):
    """A command failed; the message has its last lines."""


class Progress:
    """Shows the steps: on a terminal one line that is rewritten, otherwise a line at the beginning and every 10 s."""

    def __init__(self, out: TextIO, style: Style, now: Callable[[], float]) -> None:
        self._out, self._style, self._now = out, style, now
        self._step = 0
        self._title = ""
        self._start = self._reported = 0.0

    def begin(self, title: str) -> None:
        """Begin the next step."""
        self._step += 1
        self._title = title
        self._start = self._reported = self._now()
        self._show("", end="" if self._out.isatty() else "\n")

    def update(self, detail: str) -> None:
        """Show what the step does now."""
        if self._out.isatty():
            self._show(f" {self._now() - self._start:3.0f} s  {detail}", end="")
        elif self._now() - self._reported >= _REPORT_S:
            self._reported = self._now()
            self._show(f" {self._now() - self._start:.0f} s  {detail}", end="\n")

    def end(self) -> None:
        """End the step and show how long it took."""
        if self._out.isatty():
            self._show(f" {self._style.good('done')} in {self._now() - self._start:.0f} s", end="\n")

    def _show(self, detail: str, end: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        begin = "\r\x1b[K" if self._out.isatty() else ""
        text = f"  {self._step}/{_STEPS}  {self._title}{detail}"
        print(begin + (text if "\x1b" in text else text[:width]), end=end, file=self._out, flush=True)


def run(command: Sequence[str | Path], progress: Progress) -> None:
    """Run a command and show its newest line of output. Raise `SetupFailed`."""
    lines: SimpleQueue[str] = SimpleQueue()
    kept: deque[str] = deque(maxlen=_KEPT_LINES)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        reader = Thread(target=_pass_on, args=(process.stdout, lines), daemon=True)
        reader.start()
        newest = ""
        while reader.is_alive() or not lines.empty():
            try:
                newest = lines.get(timeout=_REFRESH_S)
                kept.append(newest)
            except Empty:
                pass
            progress.update(newest.strip())
    if process.returncode:
        raise SetupFailed("\n".join(kept))


def _pass_on(stream: IO[str] | None, lines: SimpleQueue[str]) -> None:
    for line in stream or ():
        lines.put(line.rstrip())


def build(venv: Path, out: TextIO, style: Style) -> None:
    """Make the environment. Raise `SetupFailed`."""
    progress = Progress(out, style, time.monotonic)
    requirements = (ROOT / _REQUIREMENTS).read_text()
    python, count = venv / "bin" / "python", len(re.findall(r"^\S+==", requirements, re.MULTILINE))
    if venv.is_symlink():
        venv.unlink()  # another checkout's stays as it is
    shutil.rmtree(venv, ignore_errors=True)
    progress.begin(f"making {venv.name}")
    run([sys.executable, "-m", "venv", venv], progress)
    progress.end()
    progress.begin("getting uv, which installs packages")
    has_uv = _install_uv(python, venv, requirements, progress)
    progress.end()
    progress.begin(f"installing {count} packages of {_REQUIREMENTS}")
    _install_packages(python, venv, progress, has_uv=has_uv)
    progress.end()


def _install_packages(python: Path, venv: Path, progress: Progress, *, has_uv: bool) -> None:
    verified = ["--require-hashes", "--no-deps", "-r", _REQUIREMENTS]
    if has_uv:
        with suppress(SetupFailed):
            run([venv / "bin" / "uv", "pip", "install", "--python", python, *verified], progress)
            return
    run([python, "-m", "pip", "--disable-pip-version-check", "install", *verified], progress)


def _install_uv(python: Path, venv: Path, requirements: str, progress: Progress) -> bool:
    """Install the pinned uv with pip; return whether that worked, because not every machine has a build of it."""
    pinned = _UV.search(requirements)
    if pinned is None:
        return False
    only_uv = venv / "uv.txt"
    only_uv.write_text(pinned[0])
    try:
        run(
            [python, "-m", "pip", "--disable-pip-version-check", "install", "--only-binary", ":all:",
             "--require-hashes", "--no-deps", "-r", only_uv],
            progress,
        )  # fmt: skip
    except SetupFailed:
        return False
    return True


@contextmanager
def exclusively(folder: Path, out: TextIO) -> Iterator[None]:
    """Let one process at a time make the environment; say if another one does."""
    folder.mkdir(exist_ok=True)
    with (folder / "environment.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Waiting for another `make`, which sets up the environment ...", file=out, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(ready: str, root: Path = ROOT) -> int:
    """Make the environment unless another process has just made it, and return the exit code."""
    out, venv = sys.stdout, root / ".venv"
    style = style_of(out, os.environ)
    marker = venv / ".ready"
    with exclusively(root / ".baton", out):
        if marker.is_file() and marker.read_text().strip() == ready:
            return 0
        version = ".".join(map(str, sys.version_info[:3]))
        print(f"Setting up {venv.name} with Python {version} ({sys.executable}), once", file=out, flush=True)
        start = time.monotonic()
        try:
            build(venv, out, style)
        except SetupFailed as failure:
            print(f"\n{failure}\n{venv.name} could not be set up; see the lines above.", file=sys.stderr)
            return 1
        marker.write_text(ready)
        print(f"Ready in {time.monotonic() - start:.0f} s\n", file=out, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

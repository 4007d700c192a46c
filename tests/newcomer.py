"""`python -m tests.newcomer`: do what a new user does, in a clean clone, on the oldest and the newest supported Python.

Clone, `make run`, paste README's blocks, `make walkthrough`: each has to succeed. What was committed is tried, and
packages come from the package index or uv's cache. An interpreter that this machine lacks is named and left out.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.documents import ROOT, paste, shell_blocks
from tests.system.servers import READY, clean_environment, started

VERSIONS = ("3.11", "3.13")
_SETUP_S = 900.0
_OWN = ("VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTHONPATH", "PYTHONHOME")


class Failed(Exception):
    """A step failed; the message says what it printed."""


def interpreter(version: str) -> str | None:
    """Return the path of an interpreter of this machine, without looking into virtual environments."""
    uv = str(Path(sys.executable).with_name("uv"))
    command = [uv, "python", "find", "--no-python-downloads", "--system", version]
    found = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
    if found.returncode == 0:
        return found.stdout.strip()
    installed = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python{version}"))
    return str(installed[-1]) if installed else None


@contextmanager
def step(name: str) -> Iterator[None]:
    """Print how long a step took."""
    start = time.monotonic()
    yield
    print(f"    {name:<44} {time.monotonic() - start:6.1f} s", flush=True)


def play(python: str) -> None:
    """Play a new user with an interpreter. Raise `Failed` or `AssertionError`."""
    environ = {name: value for name, value in clean_environment().items() if name not in _OWN}
    with tempfile.TemporaryDirectory(prefix="baton-newcomer-") as folder:
        clone = Path(folder) / "baton"
        run(["git", "clone", "--quiet", str(ROOT), str(clone)], Path(folder), environ)
        start = time.monotonic()
        command = ["make", "run", f"PYTHON={python}", "PORT=0"]
        with started(command, READY, clone, _SETUP_S) as server:
            print(f"    {'make run, with its set-up':<44} {time.monotonic() - start:6.1f} s", flush=True)
            here = {**environ, "PORT": str(server.port)}
            with step("the blocks of README"):
                paste(shell_blocks(ROOT / "README.md"), clone, here)
            with step("make walkthrough"):
                played = run(["make", "walkthrough"], clone, here)
            if "The walkthrough succeeded." not in played:
                raise Failed(played)
            if server.errors.text:
                raise Failed(server.errors.text)
        if again := run(["make", "environment"], clone, environ):
            raise Failed(f"a second set-up is not quiet:\n{again}")
        if changed := run(["git", "status", "--porcelain"], clone, environ):
            raise Failed(f"the checkout has changed:\n{changed}")


def run(command: Sequence[str], cwd: Path, environ: dict[str, str]) -> str:
    """Return the output of a command. Raise `Failed`."""
    ended = subprocess.run(
        command, cwd=cwd, env=environ, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if ended.returncode:
        raise Failed(f"{' '.join(command)} ended with {ended.returncode}:\n{ended.stdout}\n{ended.stderr}")
    return ended.stdout


def main() -> int:
    """Play a new user with each interpreter and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.newcomer", description=__doc__.partition("\n")[0])
    parser.add_argument("versions", nargs="*", default=VERSIONS, help="versions of Python (default: %(default)s)")
    code = 0
    for version in parser.parse_args().versions:
        python = interpreter(version)
        if python is None:
            print(f"Python {version} is not on this machine: NOT tried", flush=True)
            continue
        print(f"Python {version} ({python})", flush=True)
        try:
            play(python)
        except (Failed, AssertionError) as failure:
            print(re.sub(r"^", "    ", f"{failure}", flags=re.MULTILINE), file=sys.stderr)
            for note in getattr(failure, "__notes__", ()):
                print(note, file=sys.stderr)
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())

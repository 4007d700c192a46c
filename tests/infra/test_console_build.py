"""`python -m infra.console` in a checkout of its own, with a program in the place of npm."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NPM = """#!/bin/sh
# Fails while another one runs, as npm may.
mkdir running || exit 1
echo "$3" >> calls
while [ -e slow ]; do :; done
mkdir -p node_modules dist
rmdir running
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the files that the command needs."""
    for name in ("__init__.py", "console.py", "virtual_environment.py", "terminal.py"):
        (tmp_path / "infra").mkdir(exist_ok=True)
        shutil.copy(ROOT / "infra" / name, tmp_path / "infra" / name)
    console = tmp_path / "console"
    for folder in (console / "src", console / "public", console / "scripts", tmp_path / "sdk" / "typescript" / "src"):
        folder.mkdir(parents=True)
    for name in ("index.html", "track.html", "passport.html", "vite.config.ts", "package.json", "package-lock.json"):
        (console / name).write_text("{}")
    npm = tmp_path / ".venv" / "bin" / "npm"
    npm.parent.mkdir(parents=True)
    npm.write_text(NPM)
    npm.chmod(0o755)
    return tmp_path


# A shell lets what it runs in the background ignore Ctrl-C, and so all that the tests start there.
RUN = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("infra.console", run_name="__main__")
"""


def start(checkout: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", RUN, *arguments]
    return subprocess.Popen(command, cwd=checkout, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_of_two_at_once_one_builds_and_the_other_waits(checkout: Path) -> None:
    slow = checkout / "console" / "slow"
    slow.touch()
    first = start(checkout)
    assert first.stdout is not None
    assert first.stdout.readline().startswith("Installing")
    second = start(checkout)
    assert second.stdout is not None
    waiting = second.stdout.readline()
    slow.unlink()
    for process in (first, second):
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 0, output
    assert waiting.startswith("Waiting for another `make`")
    assert (checkout / "console" / "calls").read_text().split() == ["ci", "run"]


def test_an_interrupted_build_ends_in_few_words_and_starts_nothing_else(checkout: Path) -> None:
    (checkout / "console" / "slow").touch()
    process = start(checkout, "--if-possible")
    assert process.stdout is not None
    assert process.stdout.readline().startswith("Installing")
    process.send_signal(signal.SIGINT)
    (checkout / "console" / "slow").unlink()
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in output

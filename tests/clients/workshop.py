"""Runs the commands of the clients: installs what they need, copies their sources, keeps what they print.

Everything is below build/clients, which git ignores; the package managers' caches too, unless
`BATON_TEST_CLIENTS_CACHE` names another folder for them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.clients.catalogue import HERE, Client, Command

ROOT = HERE.parents[1]
BUILD = ROOT / "build" / "clients"
BIN = Path(sys.prefix) / "bin"
TIMEOUT_S = 1200.0
_TAIL = 4000


class Failed(Exception):
    """A command failed; the text ends with what it printed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a client."""

    client: Client
    missing: tuple[str, ...] = ()
    problem: str = ""
    seconds: float = 0.0

    @property
    def compiles(self) -> str:
        """The cell of the table."""
        if self.missing:
            return f"not run: no {' and no '.join(self.missing)} here"
        return "no" if self.problem else self.client.success


class Workshop:
    """The folder in which clients are generated and compiled."""

    def __init__(self) -> None:
        given = os.environ.get("BATON_TEST_CLIENTS_CACHE")
        self._cache = Path(given).resolve() if given else BUILD / "cache"
        self._path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
        BUILD.mkdir(parents=True, exist_ok=True)

    def missing(self, client: Client) -> tuple[str, ...]:
        """Return the programs that a client needs and this machine lacks."""
        return tuple(name for name in client.needs if shutil.which(name, path=self._path) is None)

    def install(self) -> None:
        """Install generators and libraries from the lock files. Raise `Failed`."""
        # The project's own rules of mypy and ruff are not those of generated code.
        (BUILD / "pyproject.toml").write_text("[tool.mypy]\n[tool.ruff]\n")
        python = BUILD / "tools"
        if not (python / "bin" / "python").exists():
            self.call((sys.executable, "-m", "venv", "--without-pip", str(python)), BUILD, "python")
        sync = ("uv", "pip", "sync", "--quiet", "--require-hashes", "--python", str(python / "bin" / "python"))
        self.call((*sync, str(HERE / "requirements.txt")), BUILD, "python")
        if shutil.which("npm", path=self._path):
            for name in ("package.json", "package-lock.json"):
                shutil.copy(HERE / "typescript" / name, BUILD)
            self.call(("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"), BUILD, "npm")

    def build(self, client: Client) -> Outcome:
        """Generate and compile a client."""
        missing = self.missing(client)
        if missing:
            return Outcome(client, missing)
        start = time.monotonic()
        folder = BUILD / client.name
        shutil.rmtree(folder, ignore_errors=True)
        problem = ""
        try:
            copy(client.sources, folder)
            for command in client.commands:
                self.call(command, folder, client.name)
        except Failed as failure:
            problem = str(failure)
        return Outcome(client, (), problem, time.monotonic() - start)

    def call(self, command: Command, folder: Path, log: str, **variables: str) -> str:
        """Run a command and return what it prints. Raise `Failed`."""
        words = [self._filled(word) for word in command]
        try:
            done = subprocess.run(
                words,
                cwd=folder,
                env=self._environment(variables),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=TIMEOUT_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Failed(f"{' '.join(words)}: {error}") from error
        with (BUILD / f"{log}.log").open("a") as kept:
            kept.write(f"$ {' '.join(words)}\n{done.stdout}\n")
        if done.returncode:
            raise Failed(f"{' '.join(words)} ended with {done.returncode}\n{done.stdout[-_TAIL:]}")
        return done.stdout

    def _filled(self, word: str) -> str:
        """Return a word of a command with the places that it names."""
        python = BUILD / "tools"
        jars = python.glob("lib/python*/site-packages/openapi_generator_cli/openapi-generator.jar")
        places = {"{python}": python / "bin" / "python", "{maven}": self._cache / "maven", "{jar}": next(jars, "")}
        for name, place in places.items():
            word = word.replace(name, str(place))
        return word

    def _environment(self, variables: dict[str, str]) -> dict[str, str]:
        own = {
            "PATH": self._path,
            "MAVEN_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
            "GOMODCACHE": str(self._cache / "go-modules"),
            "GOCACHE": str(self._cache / "go-build"),
            "GOFLAGS": "-modcacherw",
            "UV_CACHE_DIR": str(self._cache / "uv"),
            "npm_config_cache": str(self._cache / "npm"),
        }
        return {**os.environ, **own, **variables}


def copy(sources: Sequence[str], folder: Path) -> None:
    """Copy the sources of a client into its folder."""
    folder.mkdir(parents=True)
    for source in sources:
        pattern, _, target = source.partition("->")
        (folder / target).mkdir(exist_ok=True)
        for path in sorted(HERE.glob(pattern)):
            if path.is_file():
                shutil.copy(path, folder / target)

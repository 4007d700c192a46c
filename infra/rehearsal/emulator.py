"""Installs, starts and stops the emulator of AWS (ministack) in its own virtual environment.

The emulator runs functions as local processes and enforces their roles (`AUTH`), so a missing permission fails here
too. It listens on the loopback interface only, keeps its files in a temporary folder, and stops with all of its
processes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from infra.packaging.project import ROOT

REQUIREMENTS = ROOT / "requirements-rehearsal.txt"
VENV = ROOT / "build" / "rehearsal-venv"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "rehearsal",
    "AWS_SECRET_ACCESS_KEY": "rehearsal",
    "AWS_DEFAULT_REGION": "us-east-1",
}
_START_TIMEOUT_S = 120.0
_STOP_TIMEOUT_S = 5.0
_HOST = "127.0.0.1"


class EmulatorUnavailable(Exception):
    """The emulator could not be installed or started; the message says why."""


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running emulator."""

    url: str
    log: Path

    def rest(self, api_id: str) -> str:
        """Return the URL of a REST API with the stage `api`."""
        return f"{self.url}/_aws/execute-api/{api_id}/api"

    def sockets(self, api_id: str) -> str:
        """Return the URL of a socket API."""
        return self.rest(api_id).replace("http", "ws", 1)

    def environment(self) -> dict[str, str]:
        """Return variables that make AWS clients use the emulator only, whatever this machine's configuration is."""
        nowhere = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
        direct = dict.fromkeys(("NO_PROXY", "no_proxy"), f"{_HOST},localhost")
        return {**CREDENTIALS, **nowhere, **direct, "AWS_ENDPOINT_URL": self.url, "AWS_EC2_METADATA_DISABLED": "true"}


def without_aws(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without the variables of AWS clients and Baton."""
    return {name: value for name, value in environ.items() if not name.startswith(("AWS_", "BATON_"))}


def install(say: Callable[[str], None]) -> Path:
    """Install the emulator if needed and return its interpreter. Raise `EmulatorUnavailable`."""
    built_from = f"{sys.version} {hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()}"
    ready, python = VENV / ".ready", VENV / "bin" / "python"
    if ready.is_file() and ready.read_text() == built_from:
        return python
    say(f"creating {VENV.relative_to(ROOT)} from {REQUIREMENTS.name} (once)")
    shutil.rmtree(VENV, ignore_errors=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pip += ["--require-hashes", "--no-deps", "-r"]
    try:
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        subprocess.run([*pip, str(REQUIREMENTS)], check=True)
    except subprocess.CalledProcessError as error:
        raise EmulatorUnavailable(f"its virtual environment cannot be created: {error}") from error
    ready.write_text(built_from)
    return python


@contextmanager
def running(python: Path) -> Iterator[Emulator]:
    """Run the emulator until the end of the block. Raise `EmulatorUnavailable` if it does not start."""
    with tempfile.TemporaryDirectory(prefix="baton-rehearsal-", ignore_cleanup_errors=True) as name:
        port = _free_port()
        emulator = Emulator(f"http://{_HOST}:{port}", Path(name) / "emulator.log")
        with emulator.log.open("wb") as log:
            process = subprocess.Popen(
                [str(python), "-m", "ministack"],
                cwd=name,
                env=_own_environment(name, port),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            _wait(process, emulator)
            yield emulator
        finally:
            _stop(process)


def _own_environment(folder: str, port: int) -> dict[str, str]:
    """Return the environment of the emulator and its functions. Its credentials are those of the account."""
    own = {
        "AUTH": "true",
        "BIND_HOST": _HOST,
        "GATEWAY_PORT": str(port),
        "HOME": folder,
        "LAMBDA_EXECUTOR": "local",
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": folder,
    }
    return {**own, **CREDENTIALS}


def _wait(process: subprocess.Popen[bytes], emulator: Emulator) -> None:
    deadline = time.monotonic() + _START_TIMEOUT_S
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(urllib.error.URLError, OSError), opener.open(f"{emulator.url}/_ministack/health", timeout=5):
            return
        time.sleep(0.2)
    raise EmulatorUnavailable(f"it did not start: {emulator.log.read_text()[-2000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the emulator and its functions, which are in its session."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_STOP_TIMEOUT_S)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((_HOST, 0))
        return int(listener.getsockname()[1])

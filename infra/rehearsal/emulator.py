"""The emulator of AWS (ministack): its own virtual environment, its process, and the end of both.

It runs functions as processes of this machine and looks at their roles (`AUTH`), so a permission that is missing in a
policy is missed here too. It listens on the loopback interface only, keeps its files in a folder that goes with it, and
ends with all that it has started.
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
HOME = ROOT / "build" / "rehearsal-venv"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "rehearsal",
    "AWS_SECRET_ACCESS_KEY": "rehearsal",
    "AWS_DEFAULT_REGION": "us-east-1",
}
_PATIENCE_S = 120.0
_LEAVE_S = 5.0
_HOST = "127.0.0.1"


class NoEmulator(Exception):
    """It could not be installed or started; the message says why."""


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running emulator."""

    url: str
    log: Path

    def rest(self, api_id: str) -> str:
        """Where a REST API is, with the stage that all of ours have."""
        return f"{self.url}/_aws/execute-api/{api_id}/api"

    def sockets(self, api_id: str) -> str:
        """Where a socket API is."""
        return self.rest(api_id).replace("http", "ws", 1)

    def environment(self) -> dict[str, str]:
        """What points any AWS client at it and nowhere else, whatever this machine is configured for."""
        nowhere = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
        direct = dict.fromkeys(("NO_PROXY", "no_proxy"), f"{_HOST},localhost")
        return {**CREDENTIALS, **nowhere, **direct, "AWS_ENDPOINT_URL": self.url, "AWS_EC2_METADATA_DISABLED": "true"}


def without_aws(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment without what configures AWS clients or Baton."""
    return {name: value for name, value in environ.items() if not name.startswith(("AWS_", "BATON_"))}


def install(say: Callable[[str], None]) -> Path:
    """The emulator's interpreter; its environment is made anew if what it is made from changed. Raises `NoEmulator`."""
    built_from = f"{sys.version} {hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()}"
    ready, python = HOME / ".ready", HOME / "bin" / "python"
    if ready.is_file() and ready.read_text() == built_from:
        return python
    say(f"making {HOME.relative_to(ROOT)} from {REQUIREMENTS.name} (once)")
    shutil.rmtree(HOME, ignore_errors=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pip += ["--require-hashes", "--no-deps", "-r"]
    try:
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
        subprocess.run([*pip, str(REQUIREMENTS)], check=True)
    except subprocess.CalledProcessError as error:
        raise NoEmulator(f"its virtual environment could not be made: {error}") from error
    ready.write_text(built_from)
    return python


@contextmanager
def running(python: Path) -> Iterator[Emulator]:
    """The emulator, ready, until the end of the block. Raises `NoEmulator`."""
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
            _end(process)


def _own_environment(folder: str, port: int) -> dict[str, str]:
    """What the emulator, and with it every function, starts from. Its own credentials are those of the account."""
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
    ends = time.monotonic() + _PATIENCE_S
    ask = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while process.poll() is None and time.monotonic() < ends:
        with suppress(urllib.error.URLError, OSError), ask.open(f"{emulator.url}/_ministack/health", timeout=5):
            return
        time.sleep(0.2)
    raise NoEmulator(f"it did not start: {emulator.log.read_text()[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it and the functions that it runs, which are in its session."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_LEAVE_S)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((_HOST, 0))
        return int(listener.getsockname()[1])

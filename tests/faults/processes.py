"""The engine and the product as processes that can be killed, and the kills at random moments."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from random import Random
from signal import SIGKILL, SIGTERM
from threading import Event, Thread
from time import monotonic
from typing import Self

from tests.faults.proxy import Proxy
from tests.system.servers import PASSWORD, READY, ROOT, Server, started

_PATIENCE_S = 60.0
_PROBE_S = 0.05
_TICK_S = 0.3
_EVERY = {"product": "kill_product_every_s", "engine": "kill_engine_every_s"}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Engine:
    """An engine on a fixed port. With a command it keeps its data in a file; else it is the embedded one, in memory."""

    def __init__(self, command: str | None, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.keeps_data = command is not None
        if command is None:
            self._command = [sys.executable, "-m", "infra.local.engine", "--port", str(self.port)]
        else:
            self._command = [*command.split(), "--port", str(self.port), "--db-path", str(folder / "engine.db")]
        self._log = folder / "engine.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def start(self) -> None:
        """Start the process and wait until it listens."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, cwd=ROOT, stdout=log, stderr=log)
        for _ in range(int(_PATIENCE_S / _PROBE_S)):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            Event().wait(_PROBE_S)
        raise RuntimeError(f"{self._command} does not listen")

    def kill(self) -> None:
        """Kill the process at once and start it again on its data."""
        self.end(SIGKILL)
        self.start()

    def end(self, how: int = SIGTERM) -> None:
        """End the process."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()


class Product:
    """The local stack on a fixed port. `errors` is what its processes wrote to their error output."""

    def __init__(self, proxy: Proxy, folder: Path, **environment: str) -> None:
        self.port = free_port()
        # The host of the stored addresses of photos; if another one is asked, the gateway changes them in the answer.
        self.base = f"http://127.0.0.1:{self.port}/api"
        self.errors: list[str] = []
        self._proxy = proxy
        self._environment = {
            "PORT": str(self.port),
            "BATON_DEMO_PASSWORD": PASSWORD,
            "BATON_DYNAMODB_ENDPOINT": proxy.url,
            "BATON_LOCAL_OBJECTS": str(folder / "objects.sqlite3"),
            **environment,
        }
        self._opened = ExitStack()
        self._server: Server | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def start(self) -> None:
        """Start the process, while the proxy injects nothing, and wait until it is ready."""
        command = [sys.executable, "-m", "infra.local"]
        with self._proxy.quiet():
            self._server = self._opened.enter_context(started(command, READY, **self._environment))

    def kill(self) -> None:
        """Kill the process at once and start it again."""
        assert self._server is not None
        self._server.end(SIGKILL)
        self.end()
        self.start()

    def end(self) -> None:
        """End the process, and keep its error output."""
        self._opened.close()
        if self._server is not None:
            self.errors += self._server.errors.lines
            self._server = None


class Kills(Thread):
    """Kills product and engine at random moments, as often as the proxy's profile says."""

    def __init__(self, proxy: Proxy, product: Product, engine: Engine, random_source: Random) -> None:
        super().__init__(daemon=True)
        self.done: Counter[str] = Counter()
        self.failed: list[BaseException] = []
        self._proxy, self._random, self._ended = proxy, random_source, Event()
        self._victims: dict[str, Callable[[], None]] = {"product": product.kill}
        if engine.keeps_data:
            self._victims["engine"] = engine.kill

    def run(self) -> None:
        """Kill until the end. The pauses are random, between a third of what the profile says and four thirds."""
        due: dict[str, float] = {}
        try:
            while not self._ended.wait(_TICK_S):
                for name, kill in self._victims.items():
                    every_s = getattr(self._proxy.profile, _EVERY[name])
                    if not every_s:
                        due.pop(name, None)
                    elif monotonic() >= due.setdefault(
                        name, monotonic() + every_s * self._random.uniform(1 / 3, 4 / 3)
                    ):
                        del due[name]
                        self.done[name] += 1
                        kill()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the run reports it
            self.failed.append(error)

    @contextmanager
    def at_random(self) -> Iterator[Self]:
        """Kill until the end of the block."""
        self.start()
        try:
            yield self
        finally:
            self._ended.set()
            self.join()

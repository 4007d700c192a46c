"""Requests per second of the local server, `python -m infra.local`, over real HTTP on kept-alive connections.

A figure for who develops against it, not for what is deployed: there is one process with the engine inside, where AWS
runs as many as are needed. Client and server share this machine's processors. No budget.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from tests.benchmarks.report import Report

_ROOT = Path(__file__).parents[2]
_PASSWORD = "only for this benchmark"
_UNLIMITED = {f"BATON_{whose}_{limit}": "1000000" for whose in ("CALLER", "ORG") for limit in ("RATE", "BURST")}
"""A person of the benchmarks asks far more often than one who works."""
_CLIENTS = (1, 16)
_WARM_UP_S = 0.5

HEADER = ("request", "clients", "per second", "median ms", "slowest 1 % ms")


@dataclass(frozen=True, slots=True)
class Asked:
    """A repeated request."""

    method: str
    path: str
    person: str | None
    body: bytes | None = None


_REQUESTS = (
    Asked("GET", "/api/health", None),
    Asked("GET", "/api/v1/customer/active-order", "customer1"),
    Asked("POST", "/api/v1/courier/location", "courier1", b'{"latitude": 52.37, "longitude": 4.9}'),
)


def run(report: Report, *, seconds: float) -> None:
    """Start the server, send the requests, and print the table."""
    report.title(
        "Local server (make run)",
        "Requests per second on kept-alive connections; client and server share the machine. No budget.",
    )
    rows: list[Sequence[str]] = []
    with server() as port:
        for asked in _REQUESTS:
            headers = {"content-type": "application/json", **authorization(port, asked.person)}
            rows += [
                _row(asked, clients, _asking(port, asked, headers, clients, seconds), seconds) for clients in _CLIENTS
            ]
    report.table(HEADER, rows)


@contextmanager
def server(module: str = "infra.local") -> Iterator[int]:
    """Run a server and yield its port."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("BATON_", "AWS_"))}
    environ |= {"PORT": "0", "BATON_DEMO_PASSWORD": _PASSWORD, "PYTHONUNBUFFERED": "1", **_UNLIMITED}
    command = [sys.executable, "-m", module]
    with subprocess.Popen(command, env=environ, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield _port(process.stdout)
        finally:
            process.terminate()


def _port(lines: Iterator[str]) -> int:
    for line in lines:
        if found := re.search(r"http://[\w.]+:(\d+)", line):
            return int(found[1])
    raise RuntimeError("the local server ended without saying where it listens")


def authorization(port: int, person: str | None) -> dict[str, str]:
    """Sign a demo user in and return the header; empty without a user."""
    if person is None:
        return {}
    connection = HTTPConnection("127.0.0.1", port)
    body = json.dumps({"username": person, "password": _PASSWORD}).encode()
    answer = _ask(connection, Asked("POST", "/api/v1/auth/login", None, body), {"content-type": "application/json"})
    connection.close()
    return {"authorization": f"Bearer {json.loads(answer)['accessToken']}"}


def _ask(connection: HTTPConnection, asked: Asked, headers: dict[str, str]) -> bytes:
    connection.request(asked.method, asked.path, asked.body, headers)
    response = connection.getresponse()
    content = response.read()
    if response.status >= 300:
        raise RuntimeError(f"{asked.path} was answered {response.status}: {content.decode()}")
    return content


def _asking(port: int, asked: Asked, headers: dict[str, str], clients: int, seconds: float) -> list[float]:
    """Return the durations of the requests of concurrent clients during some seconds."""

    def client(_: int) -> list[float]:
        connection = HTTPConnection("127.0.0.1", port)
        begin = time.perf_counter() + _WARM_UP_S
        times = []
        while (started := time.perf_counter()) < begin + seconds:
            _ask(connection, asked, headers)
            if started >= begin:
                times.append(time.perf_counter() - started)
        connection.close()
        return times

    with ThreadPoolExecutor(clients) as pool:
        return [one for times in pool.map(client, range(clients)) for one in times]


def _row(asked: Asked, clients: int, times: Sequence[float], seconds: float) -> Sequence[str]:
    slow = sorted(times)[int(len(times) * 0.99)]
    return (
        f"{asked.method} {asked.path.removeprefix('/api')}",
        str(clients),
        f"{len(times) / seconds:,.0f}",
        f"{median(times) * 1000:.1f}",
        f"{slow * 1000:.1f}",
    )

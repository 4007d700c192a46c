"""The packing scanner's response times, which its contract names, over HTTP on the local stack.

The warehouse has 5,000 open shipments; all requests are about one with 500 lines and 200 boxes. One client sends one
request after the other, as a person with a scanner does. Requests that only prepare others are not timed. This is wall
time, so other load on the machine shows: the lower quartile is compared with the target, and the 95th percentile stands
beside it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from statistics import median
from typing import Any

from tests.benchmarks.packing_server import OPEN
from tests.benchmarks.report import Report, mark, typical
from tests.benchmarks.serving import authorization, server
from tests.builders.packing import PACK, box_id, line_id, pack_body, plate_id, shipment_id
from tests.builders.packing_crowd import BOXES, HUGE, LINES, PREFIX

PACK_MS, CREATE_MS, CLOSE_MS, LIST_MS, LOOKUP_MS, DETAILS_MS = 500, 100, 200, 500, 200, 200
_WARM_UP = 3
_LINE = {"license_plate_id": plate_id(f"LP-{LINES:06d}"), "so_line_id": line_id(LINES, HUGE)}
_SHIPMENT = {"shipment_id": shipment_id(HUGE)}

HEADER = ("request", "target ms", "lower quartile ms", "median ms", "95 % under ms", "")


@dataclass(slots=True)
class Scanner:
    """A client on one kept-alive connection, signed in as a packer; `box` is the box that is open."""

    connection: HTTPConnection
    headers: dict[str, str]
    box: str = ""
    contents: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Send a request and return its response. Raise `RuntimeError` unless it succeeds."""
        sent = None if body is None else json.dumps(body)
        self.connection.request(method, f"/api{path}", sent, self.headers)
        response = self.connection.getresponse()
        content = response.read()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path} was answered {response.status}: {content.decode()}")
        return json.loads(content) if response.getheader("Content-Type") == "application/json" else None

    def pack(self) -> None:
        """Pack an item into the open box."""
        answer = self.ask("POST", PACK, pack_body(self.box, 0.5, **_SHIPMENT, **_LINE))
        self.contents.append(answer["box_content"]["id"])

    def create(self) -> None:
        """Create a box, the open box from now on."""
        self.box = self.ask("POST", f"{PACK}/box/create", _SHIPMENT)["id"]

    def close(self) -> None:
        """Close the open box."""
        self.ask("POST", f"{PACK}/box/close", {"box_id": self.box, "weight": 12.5, "length": 40})

    def open_and_pack(self) -> None:
        """Create a box and pack an item into it."""
        self.create()
        self.pack()

    def remove(self) -> None:
        """Remove the newest item from the open box."""
        self.ask("DELETE", f"{PACK}/box/{self.box}/item/{self.contents.pop()}")

    def get(self, path: str) -> Callable[[], None]:
        """Return the call that reads a path."""

        def look() -> None:
            self.ask("GET", f"{PACK}{path}")

        return look


def run(report: Report, *, rounds: int) -> None:
    """Start the server, send the requests, and print the table."""
    report.title(
        "Packing scanner (contract's response times)",
        f"Over HTTP on the local stack, {OPEN:,} open shipments; one client, {rounds} rounds each. Wall time: client,",
        "server and engine share the machine. Judged is the lower quartile.",
    )
    with _scanner() as scanner:
        rows = [
            _row(report, name, target, _times(act, before, rounds)) for name, target, act, before in _requests(scanner)
        ]
    report.table(HEADER, rows)


def _requests(scanner: Scanner) -> Iterator[tuple[str, int, Callable[[], None], Callable[[], None] | None]]:
    """Return the name, target, call and preparation of each request."""
    last = box_id(BOXES, HUGE)
    scanner.create()
    yield "Pack item", PACK_MS, scanner.pack, None
    yield "Remove item", PACK_MS, scanner.remove, scanner.pack
    yield "Box details, the box just filled", DETAILS_MS, scanner.get(f"/box/{scanner.box}"), None
    yield "Box details", DETAILS_MS, scanner.get(f"/box/{last}"), None
    yield "Create box", CREATE_MS, scanner.create, None
    yield "Close box", CLOSE_MS, scanner.close, scanner.open_and_pack
    yield "List shipments", LIST_MS, scanner.get("/shipments"), None
    filtered = "/shipments?search=hotel&warehouse_id=wh-1&limit=100"
    yield "List shipments, search, filter, limit", LIST_MS, scanner.get(filtered), None
    yield "Barcode lookup, shipment", LOOKUP_MS, scanner.get("/lookup/SH-004999"), None
    yield "Barcode lookup, order", LOOKUP_MS, scanner.get("/lookup/SO-002000"), None
    plate = f"/lookup/LP-{LINES:06d}?shipment_id={shipment_id(HUGE)}"
    yield "Barcode lookup, plate", LOOKUP_MS, scanner.get(plate), None
    in_gs1 = f"/lookup/%5DC1010703206980498821LP-{LINES:06d}?shipment_id={shipment_id(HUGE)}"
    yield "Barcode lookup, plate in GS1-128", LOOKUP_MS, scanner.get(in_gs1), None
    yield "Boxes of a shipment, 200 and more", LIST_MS, scanner.get(f"/shipments/{shipment_id(HUGE)}/boxes"), None
    yield "Label", DETAILS_MS, scanner.get(f"/box/{last}/label"), None


@contextmanager
def _scanner() -> Iterator[Scanner]:
    with server("tests.benchmarks.packing_server") as port:
        admin = Scanner(HTTPConnection("127.0.0.1", port), _headers(port, "admin"))
        admin.ask("PUT", "/v1/organisation/settings/packing", {"gs1_company_prefix": PREFIX})
        yield Scanner(HTTPConnection("127.0.0.1", port), _headers(port, "packer1"))


def _headers(port: int, person: str) -> dict[str, str]:
    return {"content-type": "application/json", **authorization(port, person)}


def _times(act: Callable[[], None], before: Callable[[], None] | None, rounds: int) -> list[float]:
    times = []
    for number in range(rounds + _WARM_UP):
        if before is not None:
            before()
        started = time.perf_counter()
        act()
        if number >= _WARM_UP:
            times.append(time.perf_counter() - started)
    return times


def _row(report: Report, name: str, target: int, times: Sequence[float]) -> Sequence[str]:
    judged, slow = typical(times) * 1000, sorted(times)[int(len(times) * 0.95)] * 1000
    report.judge(f"{name}, response time", hit=judged < target, figure=f"{judged:.0f} of {target} ms")
    figures = (judged, median(times) * 1000, slow)
    return (name, str(target), *(f"{figure:.1f}" for figure in figures), mark(hit=judged < target))

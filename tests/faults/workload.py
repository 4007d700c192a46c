"""The people, workers and sockets of a run. Each worker repeats its steps in its own thread until the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from threading import Event, Thread
from traceback import format_exc

from tests.builders.packing import PREFIX
from tests.faults.calls import Caller
from tests.faults.crew import Crew
from tests.faults.deliveries import Courier, Customer
from tests.faults.listening import STYLES, Listener
from tests.faults.warehouse import Dock, Packer, Picker
from tests.faults.workshop import ZONE, Line, Park

_PAUSE_S = (0.02, 0.3)
_COURIERS, _CUSTOMERS, _PICKERS, _PACKERS, _TECHNICIANS, _LINES = 4, 3, 3, 3, 2, 2


@dataclass
class Workload:
    """Everything that is done in a run. `open` makes what the work needs; `crashed` holds errors of the harness."""

    crew: Crew
    random_source: Random
    steps: list[Callable[[], None]] = field(default_factory=list)
    pickers: list[Picker] = field(default_factory=list)
    listeners: list[Listener] = field(default_factory=list)
    crashed: list[str] = field(default_factory=list)
    _ended: Event = field(default_factory=Event)
    _threads: list[Thread] = field(default_factory=list)

    def open(self) -> None:
        """Hire people and load what they work on."""
        crew = self.crew
        [admin], [supervisor] = crew.hire("SYSTEM_ADMIN"), crew.hire("supervisor")
        admin.change("PUT", "/v1/organisation/settings/packing", {"gs1_company_prefix": PREFIX})
        couriers, customers = crew.hire("courier", _COURIERS), crew.hire("customer", _CUSTOMERS)
        self._listen("courier", couriers)
        self._listen("customer", customers)
        self.steps += [Courier(one, self._random()).step for one in couriers]
        self.steps += [Customer(one, self._random()).step for one in customers]
        self.pickers = [Picker(one, supervisor, crew, self._random()) for one in crew.hire("picker", _PICKERS)]
        self.steps += [picker.step for picker in self.pickers]
        dock = Dock(supervisor, crew)
        self.steps += [Packer(one, dock, self._random()).step for one in crew.hire("packer", _PACKERS)]
        self._open_park()
        self._open_lines(admin)

    def _open_park(self) -> None:
        hire = self.crew.hire
        [manager], [ops], [lead] = (hire(role, game_zone=ZONE) for role in ("STORE_MANAGER", "OPS_TL", "MAINT_TL"))
        technicians = hire("TECH", _TECHNICIANS, game_zone=ZONE, reports_to=lead.user_id)
        self._listen("staff", [lead, *technicians])
        park = Park(manager, ops, lead, technicians, self._random())
        park.open()
        self.steps += [park.step] * 2

    def _open_lines(self, admin: Caller) -> None:
        for _ in range(_LINES):
            [shift], [production], [qa] = (self.crew.hire(role) for role in ("SUPERVISOR", "PRODUCTION", "QA"))
            line = Line(admin, shift, production, qa, self.crew, self._random())
            line.open()
            self.steps.append(line.step)

    def start(self) -> None:
        """Start all workers and sockets."""
        self._threads = [listener.start() for listener in self.listeners]
        self._threads += [Thread(target=self._work, args=(step, self._random()), daemon=True) for step in self.steps]
        for thread in self._threads[len(self.listeners) :]:
            thread.start()

    def finish(self) -> None:
        """End all work; everything that was begun is answered first. The sockets stay open."""
        self._ended.set()
        for thread in self._threads[len(self.listeners) :]:
            thread.join()

    def hang_up(self) -> None:
        """Close the sockets."""
        for listener in self.listeners:
            listener.ended.set()
        for thread in self._threads:
            thread.join()

    def _work(self, step: Callable[[], None], random_source: Random) -> None:
        while not self._ended.wait(random_source.uniform(*_PAUSE_S)):
            try:
                step()
            except Exception:  # noqa: BLE001 - an error of the harness is reported at the end and ends only this worker
                self.crashed.append(format_exc())
                return

    def _listen(self, channel: str, callers: Iterable[Caller]) -> None:
        for caller, style in zip(callers, STYLES * 2, strict=False):
            self.listeners.append(Listener(caller, channel, style, self._random(), self.crew.base))

    def _random(self) -> Random:
        return Random(self.random_source.random())

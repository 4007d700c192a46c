"""Processes that are killed between a commit and its delivery, and during the delivery: nothing is lost."""

import os
import secrets
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

import pytest

from chalicelib.core.work import Recipient, UnitOfWork
from infra.local.engine_server import engine_process
from tests.builders.mailboxes import NOTE, is_pending, numbers_at, publish, recipient
from tests.builders.sockets import RecordingSender
from tests.builders.world import DEMO, Person, World
from tests.races.clocks import StandingClock, racing_clock
from tests.races.engines import emptied, named_engine, pointed_at

pytestmark = pytest.mark.xdist_group("engine-server")
EVENTS = 5


class KilledSender(RecordingSender):
    """Writes what it posts to a file, and kills its process after so many posts."""

    def __init__(self, path: str, posts: int) -> None:
        super().__init__()
        self._path, self._left = path, posts

    def post(self, endpoint: str, connection_id: str, message: bytes) -> None:
        """Post, or die."""
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1
        with Path(self._path).open("ab") as log:
            log.write(message + b"\n")


def publish_and_die(now: datetime, user_id: str, path: str, posts: int) -> None:
    """Commit events and deliver some of them, in a process of its own."""
    world = World(randbits=secrets.randbits, clock=StandingClock(now), organisations=())
    world.sender = KilledSender(path, posts)
    world.reset_parts()

    def decide(work: UnitOfWork) -> None:
        for number in range(EVENTS):
            work.publish(Recipient(DEMO, user_id), NOTE, {"number": number})

    world.run(decide)


@pytest.fixture
def shared() -> Iterator[World]:
    """A world on an engine that survives the processes."""
    with ExitStack() as opened:
        opened.enter_context(pointed_at(named_engine() or opened.enter_context(engine_process())))
        emptied()
        yield World(randbits=secrets.randbits, clock=racing_clock())


def test_events_of_killed_processes_are_neither_lost_nor_out_of_order(shared: World, tmp_path: Path) -> None:
    people = [shared.person("courier") for _ in range(EVENTS)]
    sockets = [person.socket() for person in people]
    context, now = get_context("spawn"), shared.clock.now()
    logs = [tmp_path / str(posts) for posts in range(EVENTS)]
    dying = [
        context.Process(target=publish_and_die, args=(now, person.user_id, str(log), posts))
        for posts, (person, log) in enumerate(zip(people, logs, strict=True))
    ]
    for process in dying:
        process.start()
    for process in dying:
        process.join()
    assert {process.exitcode for process in dying} == {-signal.SIGKILL}
    assert all(is_pending(person) for person in people)
    shared.clock.advance(seconds=17)
    for person in people:
        shared.deliver_to(recipient(person))
        publish(shared, person, EVENTS)
    for posts, (person, socket, log) in enumerate(zip(people, sockets, logs, strict=True)):
        before = len(log.read_bytes().splitlines()) if log.exists() else 0
        assert before == posts
        assert numbers_at(shared, socket) == list(range(EVENTS + 1))  # what was posted before the kill is repeated
        assert not is_pending(person)


def test_sweep_finds_events_of_killed_processes(shared: World, tmp_path: Path) -> None:
    person: Person = shared.person("courier")
    socket = person.socket()
    process = get_context("spawn").Process(
        target=publish_and_die, args=(shared.clock.now(), person.user_id, str(tmp_path / "log"), 2)
    )
    process.start()
    process.join()
    shared.clock.advance(seconds=17)
    shared.sweep()
    assert numbers_at(shared, socket) == list(range(EVENTS))

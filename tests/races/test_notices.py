"""Concurrent notifications and reads of one user."""

from functools import partial

from msgspec.structs import replace

from chalicelib.core.settings import settings
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.tables import Organisation, organisation_key
from tests.builders.notices import READ_ALL, check_count, listed, read, send, stage, titles
from tests.builders.world import DEMO, Person, World
from tests.races.crowd import at_once

MANY = 32


def tell_number(world: World, person: Person) -> None:
    """Raise the version of one thing that all writers share, and send the version: the order of commits."""

    def decide(work: UnitOfWork) -> None:
        shared = get(organisation_key(DEMO))
        assert isinstance(shared, Organisation)
        work.update(shared, {"name": work.ids.new()})
        stage(work, person, str(shared.version))

    world.run(decide)


def test_concurrent_notifications_are_counted_and_arrive_in_commit_order(arena: World) -> None:
    arena.reset_parts(replace(settings(), commit_attempts=1_000))
    tech = arena.person("TECH")
    sockets = [tech.socket("staff") for _ in range(2)]
    at_once([partial(tell_number, arena, tech)] * MANY)
    expected = [str(number) for number in range(2, 2 + MANY)]
    for socket in sockets:
        heard = arena.heard(socket)
        assert {sent.event for sent in heard} == {"notice"}
        assert [sent.data["title"] for sent in heard] == expected
    assert sorted(titles(tech, "?limit=100"), key=int) == expected
    assert check_count(tech) == MANY
    items = {item["id"]: item for item in listed(tech, "?limit=100")["items"]}
    assert {sent.data["id"]: sent.data for sent in arena.heard(sockets[0])} == items


def test_concurrent_reads_of_one_notification_count_once(arena: World) -> None:
    tech = arena.person("TECH")
    for _ in range(6):
        notice_id, _other = send(arena, tech, "a", "b")
        before = check_count(tech)
        answers = at_once([partial(read, tech, notice_id)] * 8)
        assert [answer.status for answer in answers] == [204] * 8
        assert check_count(tech) == before - 1


def test_unread_count_stays_exact_during_reads_and_notifications(arena: World) -> None:
    tech = arena.person("TECH")
    for _ in range(6):
        first = send(arena, tech, *"abcd")
        calls = [partial(read, tech, notice_id) for notice_id in first]
        calls += [partial(tech.post, READ_ALL)] * 3
        more = [partial(arena.run, partial(stage, person=tech))] * 4
        at_once([*calls, *more])
        assert all(item["read"] for item in listed(tech)["items"] if item["id"] in first)
        check_count(tech)
    assert tech.post(READ_ALL).status == 204
    assert check_count(tech) == 0

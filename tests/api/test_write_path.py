"""One transaction: each staged change with its own condition and error, and all of it happens or nothing."""

from collections.abc import Callable
from decimal import Decimal
from itertools import permutations

import pytest

from chalicelib.core import store
from chalicelib.core.errors import Conflict, NotFound, TooLargeToCommit, VersionConflict
from chalicelib.core.settings import Settings, settings
from chalicelib.core.work import RawItem, Recipient, UnitOfWork
from chalicelib.realtime import mailbox
from chalicelib.realtime.tables import head_key
from infra.local.engine import EmbeddedEngine
from tests.builders.shelves import Shelf, Storehouse, note, shelf, shelf_key

VERBS = ("guard", "delete", "create", "update", "amend")
ORDERS = list(permutations(VERBS))[::17]
"""Some of the orders in which the five can be staged, none like another."""


class Lost(Conflict):
    """The condition of this very change did not hold."""

    def __init__(self, verb: str, raw: RawItem | None) -> None:
        super().__init__(verb)
        self.verb = verb
        self.raw = raw


@pytest.fixture
def house(engine: EmbeddedEngine) -> Storehouse:
    """An empty storehouse, whose decisions get two attempts."""
    return Storehouse(engine, Settings(stage=settings().stage, commit_attempts=2))


def stage(work: UnitOfWork, verb: str) -> None:
    """Stage one change of the shelf named like the verb, with an error that says whose it is."""

    def lost(raw: RawItem | None) -> Lost:
        return Lost(verb, raw)

    if verb == "guard":
        work.check_condition(shelf_key("guard"), Shelf.stock == 5, lost)
    elif verb == "delete":
        work.delete(shelf("delete"), on_conflict=lost)
    elif verb == "create":
        work.create(shelf("create", stock=1), lost)
    elif verb == "update":
        work.update(shelf("update"), {"stock": 4}, on_conflict=lost)
    else:
        work.update_unread(
            shelf_key("amend"), condition=Shelf.stock == 5, on_conflict=lost, actions=[Shelf.stock.add(-1)]
        )


def all_of(order: tuple[str, ...]) -> Callable[[UnitOfWork], None]:
    """The decision that stages all five in this order."""

    def decide(work: UnitOfWork) -> None:
        work.audit("shelf", "update", "TOUCHED")
        for verb in order:
            stage(work, verb)

    return decide


def ready(house: Storehouse) -> None:
    """Everything is there under which all five conditions hold."""
    house.fill(*(shelf(verb) for verb in VERBS if verb != "create"))


def spoil(house: Storehouse, verb: str) -> None:
    """Make the condition of one verb fail, by an item that is there and another than was read."""
    house.fill(shelf(verb, version=9, stock=77))


def missing(house: Storehouse, verb: str) -> None:
    """Make the condition of one verb fail, because its item is gone."""
    shelf(verb).delete()


@pytest.mark.parametrize("order", ORDERS, ids=">".join)
def test_all_that_is_staged_happens_whatever_the_order(house: Storehouse, order: tuple[str, ...]) -> None:
    ready(house)
    house.run(all_of(order))
    assert {verb: house.stock(verb) for verb in VERBS} == {
        "guard": 5,
        "delete": None,
        "create": 1,
        "update": 4,
        "amend": 4,
    }
    assert len(house.sent) == 1


@pytest.mark.parametrize("order", ORDERS, ids=">".join)
@pytest.mark.parametrize("failing", VERBS)
def test_the_error_is_the_one_of_the_change_that_failed(
    house: Storehouse, order: tuple[str, ...], failing: str
) -> None:
    ready(house)
    spoil(house, failing)
    before = house.everything()
    with pytest.raises(Lost) as caught:
        house.run(all_of(order))
    assert caught.value.verb == failing
    assert caught.value.raw is not None
    assert caught.value.raw["stock"] == {"N": "77"}
    assert house.everything() == before


@pytest.mark.parametrize("failing", ["guard", "delete", "update", "amend"])
def test_an_error_knows_that_there_was_nothing(house: Storehouse, failing: str) -> None:
    ready(house)
    missing(house, failing)
    with pytest.raises(Lost) as caught:
        house.run(all_of(VERBS))
    assert (caught.value.verb, caught.value.raw) == (failing, None)


def test_an_update_that_says_nothing_else_loses_with_the_version_that_stands(house: Storehouse) -> None:
    house.fill(shelf("a", version=9))
    with pytest.raises(VersionConflict) as caught:
        house.run(lambda work: work.update(shelf("a", version=8), {"stock": 1}))
    assert caught.value.details == {"version": 9}


# --- what is written -------------------------------------------------------------------------------------------


def stored(name: str = "a") -> Shelf:
    """A shelf as it is."""
    found = store.get(shelf_key(name))
    assert found is not None
    return found


def test_an_update_writes_only_what_changed(house: Storehouse) -> None:
    house.fill(shelf())

    def decide(work: UnitOfWork) -> None:
        read = stored()
        shelf_key("a").model(read.pk, read.sk).update(actions=[Shelf.code.set("from elsewhere")])
        work.update(read, {"stock": 4, "place": None, "weight": Decimal("1.10")})

    house.run(decide)
    found = stored()
    assert (found.version, found.stock, found.place, found.code) == (2, 4, None, "from elsewhere")
    assert str(found.weight) == "1.10"


def test_several_updates_of_one_thing_are_one(house: Storehouse) -> None:
    house.fill(shelf())

    def decide(work: UnitOfWork) -> None:
        read = stored()
        for stock in (4, 3, 2):
            work.update(read, {"stock": stock}, condition=Shelf.stock > 0)

    house.run(decide)
    assert (stored().stock, stored().version) == (2, 2)


def test_something_new_is_written_as_it_was_last_changed(house: Storehouse) -> None:
    def decide(work: UnitOfWork) -> None:
        made = shelf()
        work.create(made)
        work.update(made, {"stock": 9, "place": None})

    house.run(decide)
    assert (stored().stock, stored().place, stored().version) == (9, None, 1)


def test_an_amendment_makes_what_is_absent_unless_its_guard_forbids(house: Storehouse) -> None:
    house.run(lambda work: work.update_unread(shelf_key("a"), actions=[Shelf.stock.add(2)]))
    assert house.stock("a") == 2
    with pytest.raises(NotFound):
        house.run(
            lambda work: work.update_unread(
                shelf_key("b"), condition=Shelf.pk.exists(), on_conflict=NotFound(), actions=[Shelf.stock.add(2)]
            )
        )
    assert house.stock("b") is None


def test_something_new_may_replace_what_it_names(house: Storehouse) -> None:
    house.fill(shelf("empty", stock=0), shelf("full", stock=5))
    unless = Shelf.stock == 0
    house.run(lambda work: work.create(shelf("empty", stock=7), unless=unless))
    assert house.stock("empty") == 7
    with pytest.raises(Conflict):
        house.run(lambda work: work.create(shelf("full", stock=7), unless=unless))
    assert house.stock("full") == 5


def test_events_enter_the_mailbox_in_the_order_in_which_they_were_published(house: Storehouse) -> None:
    def decide(work: UnitOfWork) -> None:
        work.create(shelf())
        for event in ("one", "two", "three"):
            work.publish(Recipient("demo", "bob"), event, {"amount": Decimal("1.10")})

    house.run(decide)
    bob = Recipient("demo", "bob")
    events = mailbox.read_log(bob, 0, 3, 0)
    assert [(one.event, one.data) for one in events] == [
        (event, '{"amount":1.10}') for event in ("one", "two", "three")
    ]


def test_no_event_is_left_of_a_change_that_did_not_happen(house: Storehouse) -> None:
    house.fill(shelf())

    def decide(work: UnitOfWork) -> None:
        work.create(shelf())
        work.publish(Recipient("demo", "bob"), "one", {})

    with pytest.raises(Conflict):
        house.run(decide)
    assert store.get(head_key(Recipient("demo", "bob"))) is None


# --- how much --------------------------------------------------------------------------------------------------


def notes(number: int) -> Callable[[UnitOfWork], None]:
    """The decision to write so many notes; the audit row comes on top."""

    def decide(work: UnitOfWork) -> None:
        work.audit("note", "many", "WRITTEN")
        for one in range(number):
            work.create(note(str(one)))

    return decide


def test_a_hundred_items_go_into_one_transaction(house: Storehouse) -> None:
    house.run(notes(99))
    assert len(house.everything()) == 100


def test_more_than_a_hundred_items_are_refused_before_anything_is_sent(house: Storehouse) -> None:
    with pytest.raises(TooLargeToCommit) as caught:
        house.run(notes(100))
    assert caught.value.details == {"items": 101, "most": 100}
    assert (house.sent, house.everything()) == ([], [])


def test_nothing_staged_is_nothing_sent(house: Storehouse) -> None:
    assert house.run(lambda work: "answer") == "answer"
    assert house.sent == []

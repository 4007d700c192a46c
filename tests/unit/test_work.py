"""The unit of work: what a handler stages, and how several changes of one thing become one."""

from decimal import Decimal

import pytest

from chalicelib.core.errors import Conflict, EntityLocked, NotFound, VersionConflict
from chalicelib.core.work import Operation, Recipient, UnitOfWork
from tests.builders.shelves import Shelf, new_work, note, only, shelf, shelf_key

COURIER, CUSTOMER = Recipient("demo", "courier"), Recipient("demo", "customer")
AT_HAND = Shelf.stock > 0


def test_a_new_unit_of_work_is_empty() -> None:
    work = new_work()
    assert (len(work), list(work), work.recipients, work.audit_subject, work.conflicts) == (
        0,
        [],
        [],
        None,
        frozenset(),
    )


# --- staging ---------------------------------------------------------------------------------------------------


def test_a_creation_shows_every_value_as_new() -> None:
    work = new_work()
    work.create(shelf(place=None))
    staged = only(work)
    assert staged.operation is Operation.CREATE
    assert staged.changes == {
        "pk": [None, "demo#SHELF#a"],
        "sk": [None, "SHELF"],
        "version": [None, 1],
        "stock": [None, 5],
    }


def test_a_creation_that_loses_is_a_conflict_unless_it_says_otherwise() -> None:
    work = new_work()
    work.create(shelf("a"))
    work.create(shelf("b"), EntityLocked())
    assert [type(staged.error(None)) for staged in work] == [Conflict, EntityLocked]


def test_a_creation_can_be_known_by_a_label_when_it_loses() -> None:
    work = new_work()
    work.create(shelf("a"), label="shelf-a")
    assert only(work).label == "shelf-a"


def test_an_update_shows_its_changes_and_raises_the_version_at_once() -> None:
    work, read = new_work(), shelf(version=7)
    work.update(read, {"stock": 4, "place": "yard"})
    staged = only(work)
    assert staged.operation is Operation.UPDATE
    assert staged.changes == {"stock": [5, 4], "place": ["hall", "yard"]}
    assert (read.version, read.stock, read.place) == (8, 4, "yard")


def test_an_update_names_the_version_that_was_read() -> None:
    work = new_work()
    work.update(shelf(version=7), {"stock": 4})
    assert str(only(work).condition) == "version = {'N': '7'}"


def test_a_lost_update_tells_the_version_that_stands_instead() -> None:
    work = new_work()
    work.update(shelf(), {"stock": 4})
    staged = only(work)
    stands, gone = staged.error({"version": {"N": "9"}}), staged.error(None)
    assert isinstance(stands, VersionConflict)
    assert stands.details == {"version": 9}
    assert isinstance(gone, VersionConflict)


def test_a_deletion_shows_every_value_as_old_and_names_the_version() -> None:
    work = new_work()
    work.delete(shelf(version=3, place=None), condition=AT_HAND)
    staged = only(work)
    assert staged.operation is Operation.DELETE
    assert staged.changes["stock"] == [5, None]
    assert "place" not in staged.changes
    assert str(staged.condition) == "(version = {'N': '3'} AND stock > {'N': '0'})"
    assert isinstance(staged.error(None), VersionConflict)


def test_an_amendment_says_itself_what_it_changes() -> None:
    work = new_work()
    changes: dict[str, list[object]] = {"stock": [5, 4]}
    work.update_unread(
        shelf_key("a"),
        condition=AT_HAND,
        on_conflict=NotFound(),
        actions=[Shelf.stock.add(-1)],
        changes=changes,
        label="a",
        final=True,
    )
    changes["stock"] = []
    staged = only(work)
    assert (staged.operation, staged.changes, staged.label) == (Operation.UPDATE, {"stock": [5, 4]}, "a")
    assert (staged.is_unread, staged.final) == (True, True)
    assert isinstance(staged.error(None), NotFound)


def test_a_guard_changes_nothing() -> None:
    work = new_work()
    work.check_condition(shelf_key("a"), AT_HAND, EntityLocked(), final=True)
    staged = only(work)
    assert (staged.operation, staged.changes, staged.actions, staged.final) == (Operation.CONDITION_CHECK, {}, [], True)


def test_an_error_can_be_made_from_what_stood_in_the_way() -> None:
    work = new_work()
    work.check_condition(shelf_key("a"), AT_HAND, lambda raw: Conflict(details={"there": raw is not None}))
    loss = only(work).error({})
    assert isinstance(loss, Conflict)
    assert loss.details == {"there": True}


# --- several changes of one thing ------------------------------------------------------------------------------


def test_updates_of_one_thing_become_one_from_the_first_value_to_the_last() -> None:
    work, read = new_work(), shelf()
    work.update(read, {"stock": 4})
    work.update(read, {"stock": 3, "place": None})
    assert only(work).changes == {"stock": [5, 3], "place": ["hall", None]}
    assert (read.version, read.stock, read.place) == (2, 3, None)


def test_a_change_that_is_taken_back_is_none() -> None:
    work, read = new_work(), shelf()
    work.update(read, {"stock": 4, "weight": Decimal("1.5")})
    work.update(read, {"stock": 5})
    assert only(work).changes == {"weight": [None, Decimal("1.5")]}


def test_guards_of_updates_of_one_thing_must_all_hold() -> None:
    work, read = new_work(), shelf()
    work.update(read, {"stock": 4}, condition=AT_HAND)
    work.update(read, {"stock": 3}, condition=Shelf.place.exists())
    assert str(only(work).condition) == "((version = {'N': '1'} AND stock > {'N': '0'}) AND attribute_exists (place))"


def test_a_change_of_something_new_becomes_part_of_its_creation() -> None:
    work, made = new_work(), shelf()
    work.create(made)
    work.update(made, {"stock": 9, "place": None})
    staged = only(work)
    assert staged.operation is Operation.CREATE
    assert (made.version, made.stock, made.place) == (1, 9, None)
    assert staged.changes["stock"] == [None, 9]
    assert "place" not in staged.changes


def test_a_change_through_another_copy_of_the_same_thing_is_not_lost() -> None:
    work, made, read, again = new_work(), shelf("new"), shelf("old"), shelf("old")
    work.create(made)
    work.update(shelf("new"), {"stock": 9})
    assert made.stock == 9
    work.update(read, {"stock": 4})
    work.update(again, {"place": "yard"})
    assert (again.version, read.place) == (2, "yard")


def test_a_change_of_something_that_is_only_guarded_amended_or_deleted_is_refused() -> None:
    """Folded into one of these it would silently not be written."""
    guarded, amended, deleted = new_work(), new_work(), new_work()
    guarded.check_condition(shelf_key("a"), AT_HAND, Conflict())
    amended.update_unread(shelf_key("a"), actions=[Shelf.stock.add(1)])
    deleted.delete(shelf("a"))
    for work in (guarded, amended, deleted):
        before = dict(only(work).changes)
        with pytest.raises(ValueError, match="staged twice"):
            work.update(shelf("a"), {"stock": 1})
        assert only(work).changes == before


@pytest.mark.parametrize("first", ["create", "update", "amend", "delete", "guard"])
@pytest.mark.parametrize("second", ["create", "amend", "delete", "guard"])
def test_one_thing_is_not_staged_twice(first: str, second: str) -> None:
    work = new_work()
    _stage(work, first)
    with pytest.raises(ValueError, match="Shelf demo#SHELF#a is staged twice"):
        _stage(work, second)
    assert len(work) == 1


def test_things_of_one_collection_are_different_things() -> None:
    work = new_work()
    work.create(shelf("a"))
    other = shelf("a")
    other.sk = "OTHER"
    work.create(other)
    assert len(work) == 2


def test_an_unknown_field_is_refused_when_it_is_staged() -> None:
    with pytest.raises(AttributeError):
        new_work().update(shelf(), {"colour": "red"})


def _stage(work: UnitOfWork, verb: str) -> None:
    if verb == "create":
        work.create(shelf("a"))
    elif verb == "update":
        work.update(shelf("a"), {"stock": 1})
    elif verb == "amend":
        work.update_unread(shelf_key("a"), actions=[Shelf.stock.add(1)])
    elif verb == "delete":
        work.delete(shelf("a"))
    else:
        work.check_condition(shelf_key("a"), AT_HAND, Conflict())


# --- who is told, and what it is about -------------------------------------------------------------------------


def test_events_keep_the_order_in_which_they_were_published() -> None:
    work = new_work()
    for recipient, event in ((CUSTOMER, "one"), (COURIER, "two"), (CUSTOMER, "three")):
        work.publish(recipient, event, {})
    assert [one.event for one in work.published] == ["one", "two", "three"]
    assert work.recipients == [CUSTOMER, COURIER]


def test_publishing_alone_stages_nothing() -> None:
    work = new_work()
    work.publish(COURIER, "one", {})
    assert len(work) == 0


def test_the_last_word_on_what_it_is_about_counts() -> None:
    work = new_work()
    work.audit("order", "1", "CREATED")
    work.audit("order", "2", "TOUCHED")
    assert work.audit_subject is not None
    assert (work.audit_subject.entity_id, work.audit_subject.action) == ("2", "TOUCHED")


def test_a_plain_item_can_be_created() -> None:
    work = new_work()
    work.create(note())
    assert only(work).changes["text"] == [None, "hello"]

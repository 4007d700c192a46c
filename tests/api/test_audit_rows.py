"""The audit row of a change: its fields and its diff."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from chalicelib.core import store
from chalicelib.core.errors import Conflict
from chalicelib.core.work import UnitOfWork
from infra.local.engine import EmbeddedEngine
from tests.builders.shelves import Shelf, Storehouse, note, shelf, shelf_key


@pytest.fixture
def house(engine: EmbeddedEngine) -> Storehouse:
    """An empty storehouse."""
    return Storehouse(engine)


def stored(name: str) -> Shelf:
    """A shelf as it is."""
    found = store.get(shelf_key(name))
    assert found is not None
    return found


def diff(house: Storehouse) -> dict[str, Any]:
    """The diff of the one audit row."""
    (row,) = house.rows()
    return msgspec.json.decode(row.payload_diff or "null", type=dict[str, Any])


def test_audit_row_has_actor_entity_action_and_time(house: Storehouse) -> None:
    house.fill(shelf())
    house.run(house.take_one("a"))
    (row,) = house.rows()
    assert (row.org_id, row.actor_id, row.request_id, row.outcome) == ("demo", "anna", "r1", "OK")
    assert (row.entity_type, row.entity_id, row.action_type) == ("shelf", "a", "TAKEN")
    assert row.timestamp == house.clock.now()
    assert diff(house) == {"stock": [5, 4]}


def test_diff_has_all_changed_entities_and_no_secrets(house: Storehouse) -> None:
    house.fill(shelf("a"), shelf("old"), shelf("far"))

    def decide(work: UnitOfWork) -> None:
        work.audit("shelf", "a", "SORTED")
        work.update(stored("a"), {"place": None, "code": "secret", "weight": Decimal("0.5")})
        work.delete(stored("old"))
        work.update_unread(shelf_key("far"), actions=[Shelf.stock.add(1)], changes={"stock": [5, 6]})
        work.create(note("n", "hello"))
        work.create(note("hidden", "secret"), audited=False)
        work.check_condition(shelf_key("none"), Shelf.pk.does_not_exist(), Conflict())

    house.run(decide)
    assert diff(house) == {
        "place": ["hall", None],
        "weight": [None, 0.5],
        "shelf/old.stock": [5, None],
        "shelf/old.place": ["hall", None],
        "shelf/far.stock": [5, 6],
        "note/n.text": [None, "hello"],
    }


def test_change_without_subject_writes_no_row(house: Storehouse) -> None:
    house.run(lambda work: work.create(shelf()))
    assert house.rows() == []


def test_request_without_changes_writes_row(house: Storehouse) -> None:
    house.run(lambda work: work.audit("shelf", "a", "LOOKED_AT"))
    assert diff(house) == {}

"""Versions, crashes, responses and concurrent duplicates of any endpoint, tested on shelves."""

from typing import Any

import msgspec
import pytest

from chalicelib.core import store
from chalicelib.core.errors import Conflict
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Request, Response, text
from infra.local.engine import EmbeddedEngine
from tests.builders.endpoints import ask, shelf_endpoint, shelf_resource
from tests.builders.shelves import Shelf, Storehouse, shelf, shelf_key
from tests.builders.world import Person, World


class NewStock(msgspec.Struct, frozen=True):
    """The new stock of a shelf."""

    stock: int


@pytest.fixture
def house(world: World, engine: EmbeddedEngine) -> Storehouse:
    """A storehouse with one shelf, behind the world's application."""
    made = Storehouse(engine)
    made.fill(shelf("a"))
    return made


@pytest.fixture
def anna(world: World) -> Person:
    """A customer, who holds the permission of the endpoints."""
    return world.person("customer")


SHELF = shelf_resource(in_scope=False)


def put_stock(request: Request[NewStock, Any, Shelf], work: UnitOfWork) -> Response[Any]:
    """Set the stock."""
    work.update(request.resource, {"stock": request.body.stock})
    return Response({"stock": request.resource.stock}, version=request.resource.version)


PUT_STOCK = shelf_endpoint(put_stock, body=NewStock, versioned=True, resource=SHELF)


def change_shelf() -> None:
    """Change the shelf in the store, as another request would."""
    found = store.get(shelf_key("a"))
    assert found is not None
    found.update(actions=[Shelf.place.set("yard"), Shelf.version.add(1)])


# --- versions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["1", '"1"', 'W/"1"'])
def test_a_change_of_the_current_version_succeeds_and_returns_the_next(
    house: Storehouse, anna: Person, form: str
) -> None:
    answer = ask(anna, PUT_STOCK, {"stock": 9}, if_match=form)
    assert (answer.status, answer.headers["ETag"]) == (200, '"2"')
    assert house.stock("a") == 9


def test_a_change_of_a_stale_version_is_refused_with_the_current_one(house: Storehouse, anna: Person) -> None:
    change_shelf()
    answer = ask(anna, PUT_STOCK, {"stock": 9}, if_match='"1"')
    assert (answer.status, answer.code) == (409, "VERSION_CONFLICT")
    assert answer.json["error"]["details"] == {"version": 2}
    assert house.stock("a") == 5


def test_a_conflict_with_a_named_version_is_not_retried(house: Storehouse, anna: Person) -> None:
    house.engine.before("TransactWriteItems", lambda *_: change_shelf(), times=1)
    answer = ask(anna, PUT_STOCK, {"stock": 9}, if_match='"1"')
    assert (answer.status, answer.code) == (409, "VERSION_CONFLICT")
    assert answer.json["error"]["details"] == {"version": 2}
    assert house.stock("a") == 5


def test_a_conflict_without_a_named_version_is_retried(house: Storehouse, anna: Person) -> None:
    house.engine.before("TransactWriteItems", lambda *_: change_shelf(), times=1)
    answer = ask(anna, PUT_STOCK, {"stock": 9})
    assert (answer.status, answer.headers["ETag"]) == (200, '"3"')


def test_a_required_version_must_be_named(house: Storehouse, anna: Person) -> None:
    endpoint = shelf_endpoint(put_stock, body=NewStock, versioned=True, resource=SHELF, if_match="required")
    answer = ask(anna, endpoint, {"stock": 9})
    assert (answer.status, answer.code) == (428, "PRECONDITION_REQUIRED")
    assert ask(anna, endpoint, {"stock": 9}, if_match="1").status == 200


# --- ids and responses -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x" * 256, "%E2%82%AC" * 256, "é" * 3000, "é" * 128, "%F0%9F%92%A5" * 255])
def test_an_id_that_no_key_can_hold_is_not_found(house: Storehouse, anna: Person, name: str) -> None:
    longest: list[int] = []

    def measure(_: str, request: Any) -> None:
        tables = request["RequestItems"].values()
        longest.append(max(len(one["pk"]["S"].encode()) for table in tables for one in table["Keys"]))

    house.engine.before("BatchGetItem", measure)
    answer = ask(anna, PUT_STOCK, {"stock": 1}, name=name)
    assert (answer.status, answer.code) == (404, "NOT_FOUND")
    assert max(longest) < 1024, "the store takes no longer sort keys, and none for partitions beyond 2,048"


def test_a_response_may_be_a_text_that_is_not_json(house: Storehouse, anna: Person) -> None:
    endpoint = shelf_endpoint(lambda _request, _work: text("^XA é ^XZ", "text/plain"), media_type="text/plain")
    answer = ask(anna, endpoint)
    assert (answer.status, answer.headers["Content-Type"], answer.text) == (200, "text/plain", "^XA é ^XZ")


# --- crashes ---------------------------------------------------------------------------------------------------


def test_a_crash_reveals_nothing_and_changes_nothing(house: Storehouse, anna: Person) -> None:
    def crash(request: Request[Any, Any, Shelf], work: UnitOfWork) -> Response[Any]:
        work.update(request.resource, {"stock": 0})
        raise RuntimeError("the password of the database is swordfish")

    answer = ask(anna, shelf_endpoint(crash, resource=SHELF), idempotency_key="k")
    assert (answer.status, answer.code) == (500, "INTERNAL_ERROR")
    assert "swordfish" not in answer.text
    assert house.stock("a") == 5
    assert ask(anna, PUT_STOCK, {"stock": 9}, idempotency_key="k").status == 200


def test_a_response_that_cannot_be_encoded_changes_nothing(house: Storehouse, anna: Person) -> None:
    def odd(request: Request[Any, Any, Shelf], work: UnitOfWork) -> Response[Any]:
        work.update(request.resource, {"stock": 0})
        return Response({"odd": object()})

    assert ask(anna, shelf_endpoint(odd, resource=SHELF)).status == 500
    assert house.stock("a") == 5


def test_a_use_case_that_sets_no_audit_subject_changes_nothing(house: Storehouse, anna: Person) -> None:
    def silent(request: Request[Any, Any, Shelf], work: UnitOfWork) -> Response[Any]:
        work.update(request.resource, {"stock": 0})
        return Response(None, 204)

    assert (
        ask(anna, shelf_endpoint(silent, resource=SHELF, audit_target=AuditTarget("shelf", "SHELF_CHANGED"))).status
        == 500
    )
    assert house.stock("a") == 5


def test_a_batch_without_an_audit_subject_has_no_audit_row_of_its_own(
    world: World, house: Storehouse, anna: Person
) -> None:
    def many(request: Request[Any, Any]) -> Response[Any]:
        return Response({"done": 0})

    endpoint = shelf_endpoint(many, "POST", batch=True, audit_target=AuditTarget("shelf", "SHELF_CHANGED"))
    before = len(world.audit())
    assert ask(anna, endpoint).json == {"done": 0}
    assert ask(anna, endpoint, idempotency_key="k").status == 200
    assert ask(anna, endpoint, idempotency_key="k").headers["Idempotent-Replayed"] == "true"
    assert len(world.audit()) == before


def test_too_many_changes_for_one_transaction_are_422(house: Storehouse, anna: Person) -> None:
    def flood(request: Request[Any, Any, Shelf], work: UnitOfWork) -> Response[Any]:
        for number in range(101):
            work.create(shelf(f"new-{number}"))
        return Response(None, 204)

    answer = ask(anna, shelf_endpoint(flood))
    assert (answer.status, answer.code) == (422, "TOO_MANY_CHANGES")
    assert answer.json["error"]["details"]["most"] == 100


def test_an_endpoint_may_declare_another_status_for_invalid_input(house: Storehouse, anna: Person) -> None:
    answer = ask(anna, shelf_endpoint(put_stock, body=NewStock, resource=SHELF, invalid_status=400), {"stock": "x"})
    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert set(answer.fields) == {"stock"}


# --- the same request twice at once ------------------------------------------------------------------------------


def test_a_request_whose_duplicate_was_committed_meanwhile_gets_the_same_response(
    house: Storehouse, anna: Person
) -> None:
    """The duplicate commits after this one was admitted, so its version is stale when it commits."""

    def duplicate(*_: Any) -> None:
        assert ask(anna, PUT_STOCK, {"stock": 9}, if_match="1", idempotency_key="k").status == 200

    house.engine.before("TransactWriteItems", duplicate, times=1)
    answer = ask(anna, PUT_STOCK, {"stock": 9}, if_match="1", idempotency_key="k")
    assert (answer.status, answer.json) == (200, {"stock": 9})
    assert answer.headers["Idempotent-Replayed"] == "true"
    assert house.stock("a") == 9


def test_a_key_that_another_request_used_meanwhile_is_refused(house: Storehouse, anna: Person) -> None:
    def other(*_: Any) -> None:
        assert ask(anna, PUT_STOCK, {"stock": 8}, idempotency_key="k").status == 200

    house.engine.before("TransactWriteItems", other, times=1)
    answer = ask(anna, PUT_STOCK, {"stock": 9}, idempotency_key="k")
    assert (answer.status, answer.code) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert house.stock("a") == 8


def test_a_refused_request_without_a_duplicate_is_refused_again(house: Storehouse, anna: Person) -> None:
    def refuse(request: Request[Any, Any, Shelf], work: UnitOfWork) -> Response[Any]:
        raise Conflict

    for _ in range(2):
        answer = ask(anna, shelf_endpoint(refuse), idempotency_key="k")
        assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")

"""What every endpoint has from the edge, whatever its handler does: tried on shelves, which no domain knows."""

from typing import Any

import msgspec
import pytest

from chalicelib.core import store
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Request, Response, no_content, text
from infra.local.engine import EmbeddedEngine
from tests.builders.endpoints import ask, shelf_endpoint
from tests.builders.shelves import Shelf, Storehouse, shelf, shelf_key
from tests.builders.world import Person, World


class NewStock(msgspec.Struct, frozen=True):
    """What shall be on a shelf."""

    stock: int


@pytest.fixture
def house(world: World, engine: EmbeddedEngine) -> Storehouse:
    """A storehouse with one shelf, behind the world's application."""
    made = Storehouse(engine)
    made.fill(shelf("a"))
    return made


@pytest.fixture
def anna(world: World) -> Person:
    """Somebody who may."""
    return world.person("customer")


def existing(request: Request[Any, Any]) -> Shelf:
    """The shelf that the request names."""
    found = request.read(shelf_key(request.path["name"]))
    if found is None:
        raise NotFound
    return found


def put_stock(request: Request[NewStock, Any], work: UnitOfWork) -> Response[Any]:
    """Say how much there is."""
    found = existing(request)
    request.check_version(found)
    work.update(found, {"stock": request.body.stock})
    return Response({"stock": found.stock}, version=found.version)


PUT_STOCK = shelf_endpoint(put_stock, body=NewStock, versioned=True)


def elsewhere() -> None:
    """Somebody else changes the shelf."""
    found = store.get(shelf_key("a"))
    assert found is not None
    found.update(actions=[Shelf.place.set("yard"), Shelf.version.add(1)])


# --- versions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["1", '"1"', 'W/"1"'])
def test_a_change_of_the_version_that_was_read_is_made_and_answers_the_next(
    house: Storehouse, anna: Person, form: str
) -> None:
    answer = ask(anna, PUT_STOCK, {"stock": 9}, if_match=form)
    assert (answer.status, answer.headers["ETag"]) == (200, '"2"')
    assert house.stock("a") == 9


def test_a_change_of_a_stale_version_is_refused_with_the_current_one(house: Storehouse, anna: Person) -> None:
    elsewhere()
    answer = ask(anna, PUT_STOCK, {"stock": 9}, if_match='"1"')
    assert (answer.status, answer.code) == (409, "VERSION_CONFLICT")
    assert answer.json["error"]["details"] == {"version": 2}
    assert house.stock("a") == 5


def test_a_named_version_is_not_run_again_over_somebody_elses_change(house: Storehouse, anna: Person) -> None:
    house.engine.before("TransactWriteItems", lambda *_: elsewhere(), times=1)
    answer = ask(anna, PUT_STOCK, {"stock": 9}, if_match='"1"')
    assert (answer.status, answer.code) == (409, "VERSION_CONFLICT")
    assert answer.json["error"]["details"] == {"version": 2}
    assert house.stock("a") == 5


def test_without_a_version_a_lost_race_is_nobodys_error(house: Storehouse, anna: Person) -> None:
    house.engine.before("TransactWriteItems", lambda *_: elsewhere(), times=1)
    answer = ask(anna, PUT_STOCK, {"stock": 9})
    assert (answer.status, answer.headers["ETag"]) == (200, '"3"')


def test_a_required_version_must_be_named(house: Storehouse, anna: Person) -> None:
    def strict(request: Request[Any, Any], work: UnitOfWork) -> Response[Any]:
        request.check_version(existing(request))
        return no_content()

    answer = ask(anna, shelf_endpoint(strict))
    assert (answer.status, answer.code) == (428, "PRECONDITION_REQUIRED")


def test_what_does_not_exist_is_said_before_what_is_stale_and_that_before_what_is_invalid(
    house: Storehouse, anna: Person
) -> None:
    codes = [
        ask(anna, PUT_STOCK, {}, name="nothing", if_match="7").code,
        ask(anna, PUT_STOCK, {}, if_match="7").code,
        ask(anna, PUT_STOCK, {}, if_match="1").code,
    ]
    assert codes == ["NOT_FOUND", "VERSION_CONFLICT", "VALIDATION_ERROR"]


# --- reads -----------------------------------------------------------------------------------------------------


def test_what_is_read_with_the_admission_is_read_anew_when_the_handler_runs_again(
    house: Storehouse, anna: Person
) -> None:
    reads: list[str] = []
    house.engine.before("GetItem", lambda *_: reads.append("x"))
    endpoint = shelf_endpoint(put_stock, body=NewStock, loads=lambda _, name: shelf_key(name))
    assert ask(anna, endpoint, {"stock": 9}).status == 200
    assert reads == []
    house.engine.before("TransactWriteItems", lambda *_: elsewhere(), times=1)
    assert ask(anna, endpoint, {"stock": 8}).headers["ETag"] == '"4"'
    assert reads == ["x"]


def test_further_things_that_a_request_names_are_read_with_the_admission_too(house: Storehouse, anna: Person) -> None:
    house.fill(shelf("b"))

    def top_up(request: Request[Any, Any], work: UnitOfWork) -> Response[Any]:
        found, other = existing(request), request.read(shelf_key("b"))
        assert other is not None
        work.update(found, {"stock": found.stock + other.stock})
        return Response({"stock": found.stock})

    reads: list[str] = []
    house.engine.before("GetItem", lambda *_: reads.append("x"))
    keys: dict[str, Any] = {
        "loads": lambda _, name: shelf_key(name),
        "loads_also": lambda naming: [shelf_key(name) for name in [naming.find("from")] if name],
    }
    endpoint = shelf_endpoint(top_up, body=dict[str, Any], **keys)
    assert ask(anna, endpoint, {"from": "b"}).json == {"stock": 10}
    assert reads == []
    assert ask(anna, endpoint, {"from": 7}).json == {"stock": 15}


def test_what_belongs_to_the_caller_is_read_with_the_admission_too(house: Storehouse, anna: Person) -> None:
    house.fill(shelf(anna.user_id, stock=3))
    reads: list[str] = []

    def mine(request: Request[Any, Any]) -> Response[Any]:
        found = request.read(shelf_key(anna.user_id))
        return Response({"stock": found.stock if found else None})

    house.engine.before("GetItem", lambda *_: reads.append("x"))
    endpoint = shelf_endpoint(mine, "GET", audit_target=None, loads_also=lambda naming: [shelf_key(naming.user_id)])
    assert ask(anna, endpoint).json == {"stock": 3}
    assert reads == []


@pytest.mark.parametrize("name", ["x" * 256, "%E2%82%AC" * 256, "é" * 3000, "é" * 128, "%F0%9F%92%A5" * 255])
def test_a_name_that_no_key_could_hold_names_nothing(house: Storehouse, anna: Person, name: str) -> None:
    longest: list[int] = []

    def measure(_: str, request: Any) -> None:
        tables = request["RequestItems"].values()
        longest.append(max(len(one["pk"]["S"].encode()) for table in tables for one in table["Keys"]))

    house.engine.before("BatchGetItem", measure)
    endpoint = shelf_endpoint(put_stock, body=NewStock, loads=lambda _, name: shelf_key(name))
    answer = ask(anna, endpoint, {"stock": 1}, name=name)
    assert (answer.status, answer.code) == (404, "NOT_FOUND")
    assert max(longest) < 1024, "the store takes no longer sort keys, and none for partitions beyond 2,048"


def test_a_thing_that_the_whole_address_names_is_read_with_the_admission_too(house: Storehouse, anna: Person) -> None:
    reads: list[str] = []
    house.engine.before("GetItem", lambda *_: reads.append("x"))
    endpoint = shelf_endpoint(
        put_stock,
        body=NewStock,
        loads_also=lambda naming: [shelf_key(name) for name in [naming.find("name")] if name and name != "nowhere"],
    )
    assert ask(anna, endpoint, {"stock": 9}).status == 200
    assert reads == []
    for name in ("nowhere", "x" * 256):
        assert ask(anna, endpoint, {"stock": 9}, name=name).status == 404


def test_a_flawed_body_still_says_what_it_is_about(house: Storehouse, anna: Person) -> None:
    class Place(msgspec.Struct, frozen=True):
        place: str

    def look(request: Request[NewStock, Any], _: UnitOfWork) -> Response[Any]:
        seen = request.glimpse(Place)
        return Response(
            {"place": seen.place if seen else None, "fields": dict(request.flaw.fields if request.flaw else {})}
        )

    endpoint = shelf_endpoint(look, body=NewStock)
    said = ask(anna, endpoint, {"stock": "many", "place": "hall"}).json
    assert said == {"place": "hall", "fields": {"stock": "must be a whole number"}}
    assert ask(anna, endpoint, {"stock": 1, "place": 2}).json["place"] is None
    assert ask(anna, endpoint).json["place"] is None


def test_an_answer_may_be_a_text_that_is_no_json(house: Storehouse, anna: Person) -> None:
    endpoint = shelf_endpoint(lambda _request, _work: text("^XA é ^XZ", "text/plain"), media="text/plain")
    answer = ask(anna, endpoint)
    assert (answer.status, answer.headers["Content-Type"], answer.text) == (200, "text/plain", "^XA é ^XZ")


# --- crashes ---------------------------------------------------------------------------------------------------


def test_a_crash_says_nothing_of_itself_and_leaves_nothing(house: Storehouse, anna: Person) -> None:
    def crash(request: Request[Any, Any], work: UnitOfWork) -> Response[Any]:
        work.update(existing(request), {"stock": 0})
        raise RuntimeError("the password of the database is swordfish")

    answer = ask(anna, shelf_endpoint(crash), idempotency_key="k")
    assert (answer.status, answer.code) == (500, "INTERNAL_ERROR")
    assert "swordfish" not in answer.text
    assert house.stock("a") == 5
    assert ask(anna, shelf_endpoint(put_stock, body=NewStock), {"stock": 9}, idempotency_key="k").status == 200


def test_an_answer_that_cannot_be_written_down_leaves_nothing_either(house: Storehouse, anna: Person) -> None:
    def odd(request: Request[Any, Any], work: UnitOfWork) -> Response[Any]:
        work.update(existing(request), {"stock": 0})
        return Response({"odd": object()})

    assert ask(anna, shelf_endpoint(odd)).status == 500
    assert house.stock("a") == 5


def test_a_handler_that_does_not_say_what_it_is_about_writes_nothing(house: Storehouse, anna: Person) -> None:
    def silent(request: Request[Any, Any], work: UnitOfWork) -> Response[Any]:
        work.update(existing(request), {"stock": 0})
        return no_content()

    assert ask(anna, shelf_endpoint(silent, audit_target=AuditTarget("shelf", "SHELF_CHANGED"))).status == 500
    assert house.stock("a") == 5


def test_a_batch_that_names_nothing_has_no_row_beside_those_of_its_parts(
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


def test_too_many_changes_for_one_transaction_are_refused_clearly(house: Storehouse, anna: Person) -> None:
    def flood(request: Request[Any, Any], work: UnitOfWork) -> Response[Any]:
        for number in range(101):
            work.create(shelf(f"new-{number}"))
        return no_content()

    answer = ask(anna, shelf_endpoint(flood))
    assert (answer.status, answer.code) == (422, "TOO_MANY_CHANGES")
    assert answer.json["error"]["details"]["most"] == 100


def test_a_contract_may_know_invalid_input_by_another_status(house: Storehouse, anna: Person) -> None:
    answer = ask(anna, shelf_endpoint(put_stock, body=NewStock, invalid_status=400), {"stock": "x"})
    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert set(answer.fields) == {"stock"}


# --- the same request twice at once ------------------------------------------------------------------------------


def test_a_request_whose_twin_was_carried_out_meanwhile_gets_the_same_answer(house: Storehouse, anna: Person) -> None:
    """The twin commits after this one was admitted and before its handler reads: what it reads makes it impossible."""

    def twin(*_: Any) -> None:
        assert ask(anna, PUT_STOCK, {"stock": 9}, if_match="1", idempotency_key="k").status == 200

    house.engine.before("GetItem", twin, times=1)
    answer = ask(anna, PUT_STOCK, {"stock": 9}, if_match="1", idempotency_key="k")
    assert (answer.status, answer.json) == (200, {"stock": 9})
    assert answer.headers["Idempotent-Replayed"] == "true"
    assert house.stock("a") == 9


def test_a_key_that_another_request_took_meanwhile_is_refused(house: Storehouse, anna: Person) -> None:
    def other(*_: Any) -> None:
        assert ask(anna, PUT_STOCK, {"stock": 8}, idempotency_key="k").status == 200

    house.engine.before("GetItem", other, times=1)
    answer = ask(anna, PUT_STOCK, {"stock": 9}, idempotency_key="k")
    assert (answer.status, answer.code) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert house.stock("a") == 8


def test_an_impossible_request_without_a_twin_stays_impossible(house: Storehouse, anna: Person) -> None:
    def refuse(request: Request[Any, Any], work: UnitOfWork) -> Response[Any]:
        raise Conflict

    for _ in range(2):
        answer = ask(anna, shelf_endpoint(refuse), idempotency_key="k")
        assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")

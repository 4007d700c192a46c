"""The pipeline makes the checks of every request in one order, and runs the use case on what passed.

One request has every defect at once; each test step removes the defect that was reported, and the next one is reported.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from chalicelib.core import store
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.state_machine import StateMachine
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import Endpoint, Resource
from chalicelib.edge.request import Request, Response
from infra.local.engine import EmbeddedEngine
from tests.builders.endpoints import ask, shelf_endpoint, shelf_resource
from tests.builders.shelves import Shelf, Storehouse, shelf, shelf_key
from tests.builders.trips import counted_trips
from tests.builders.world import Answer, Person, World

SHELVES = StateMachine(
    entity="shelf",
    transitions={("hall", "count"): "hall", ("hall", "close"): "closed", ("yard", "close"): "closed"},
    locked=frozenset({"sealed"}),
    locking=frozenset({"count"}),
)
COUNTED = {"stock": 9}


class Count(msgspec.Struct, frozen=True):
    """The counted stock of a shelf."""

    stock: int
    counted_by: str | None = None
    other: str | None = None


class Filter(msgspec.Struct, frozen=True):
    """The query of a count."""

    page: int = 1


class OtherShelfNotFound(NotFound):
    """The other shelf does not exist."""

    code = "OTHER_SHELF_NOT_FOUND"


class ShelfFull(Conflict):
    """The shelf cannot hold the stock."""

    code = "SHELF_FULL"


SHELF = shelf_resource(states=SHELVES, state=lambda found: found.place)
OTHER_SHELF: Resource[Shelf] = Resource(
    key=lambda _, name: shelf_key(name), id_from=("other",), not_found=OtherShelfNotFound, name="other shelf"
)


def count_shelf(request: Request[Count, Filter, Shelf], work: UnitOfWork) -> Response[Any]:
    """Set the stock. Raise `ShelfFull` above 100."""
    if request.body.stock > 100:
        raise ShelfFull
    work.update(request.resource, {"stock": request.body.stock})
    return Response({"stock": request.resource.stock}, version=request.resource.version)


def counting(**declared: Any) -> Endpoint:
    """Return the endpoint that counts a shelf, with every check declared."""
    defaults: dict[str, Any] = {
        "resource": SHELF,
        "transition": "count",
        "body": Count,
        "query": Filter,
        "own_fields": ["counted_by"],
        "if_match": "required",
        "max_body_bytes": 1000,
        "versioned": True,
        "errors": [ShelfFull],
    }
    return shelf_endpoint(count_shelf, **{**defaults, **declared})


@pytest.fixture
def anna(world: World) -> Person:
    """A customer, who owns the shelf `a`."""
    return world.person("customer")


@pytest.fixture
def house(world: World, engine: EmbeddedEngine, anna: Person) -> Storehouse:
    """A storehouse with one shelf, behind the world's application."""
    made = Storehouse(engine)
    made.fill(shelf("a", code=anna.user_id))
    return made


def change_shelf(**values: Any) -> None:
    """Change the shelf `a` in the store, as another request would."""
    found = store.get(shelf_key("a"))
    assert found is not None
    actions = [getattr(Shelf, name).set(value) for name, value in values.items()]
    found.update(actions=[*actions, Shelf.version.add(1)])


def outcome(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.code


# --- the order ---------------------------------------------------------------------------------------------------


def test_each_check_is_made_before_the_next_one(world: World, house: Storehouse, anna: Person) -> None:
    other = world.person("customer")
    world.clock.advance(seconds=1)
    invalid = json.dumps({"stock": "many"}).encode()
    large, broken = b"{" + b" " * 1000, b"{"
    form = "multipart/form-data; boundary=x"
    text, key = "text/plain", "two words"

    def call(person: Person | None, name: str, raw: bytes, **headers: str) -> Answer:
        return ask(person, counting(), name=name, raw=raw, query={"sort": ["x"]}, idempotency_key=key, **headers)

    assert outcome(call(None, "none", large, content_type=form)) == (401, "AUTH_REQUIRED")
    assert outcome(call(world.person("courier"), "none", large, content_type=form)) == (403, "ACCESS_DENIED")
    assert outcome(call(other, "none", large, content_type=form)) == (428, "PRECONDITION_REQUIRED")
    assert outcome(call(other, "none", large, content_type=text, if_match="x")) == (413, "PAYLOAD_TOO_LARGE")
    assert outcome(call(other, "none", broken, content_type=text, if_match="x")) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert outcome(call(other, "none", broken, if_match="x")) == (400, "MALFORMED_JSON")
    assert outcome(call(other, "none", invalid, if_match="x")) == (422, "VALIDATION_ERROR")

    def count(person: Person, name: str, if_match: str, **body: Any) -> tuple[int, str]:
        return outcome(ask(person, counting(), {**COUNTED, **body}, name=name, if_match=if_match))

    change_shelf(place="cellar")
    assert count(other, "none", "1", counted_by=anna.user_id, stock=101) == (403, "ACCESS_DENIED")
    assert count(other, "none", "1", stock=101) == (404, "NOT_FOUND")
    assert count(other, "a", "1", stock=101) == (403, "ACCESS_DENIED")
    assert count(anna, "a", "1", stock=101) == (409, "VERSION_CONFLICT")
    assert count(anna, "a", "2", stock=101) == (409, "WORKFLOW_VIOLATION")
    change_shelf(place="hall")
    assert count(anna, "a", "3", stock=101) == (409, "SHELF_FULL")
    assert ask(anna, counting(), COUNTED, if_match="3").status == 200
    assert house.stock("a") == 9


def test_every_bad_field_of_headers_query_and_body_is_reported_at_once(house: Storehouse, anna: Person) -> None:
    query = {"page": ["x"], "sort": ["name"], "_trace": ["1"]}
    answer = ask(anna, counting(), {"stock": "many"}, query=query, if_match="newest", idempotency_key="two words")
    assert outcome(answer) == (422, "VALIDATION_ERROR")
    assert answer.fields == {
        "If-Match": 'must be a version such as "3"',
        "Idempotency-Key": "must be 1 to 255 visible ASCII characters",
        "page": "must be a whole number",
        "sort": "unknown parameter",
        "stock": "must be a whole number",
    }


def test_a_query_that_is_not_utf_8_is_400_before_422(house: Storehouse, anna: Person) -> None:
    for query in ({"page": ["\ufffd"]}, {"\ufffd": ["1"]}):
        answer = ask(anna, counting(), {"stock": "many"}, query=query, if_match="1")
        assert outcome(answer) == (400, "MALFORMED_QUERY")


def test_an_invalid_request_reads_nothing_but_the_caller(
    engine: EmbeddedEngine, house: Storehouse, anna: Person
) -> None:
    reads: list[str] = []
    engine.before(None, lambda operation, _: reads.append(operation))
    assert ask(anna, counting(), {}, if_match="1").status == 422
    assert reads == ["BatchGetItem", "UpdateItem", "PutItem"], "the caller, and the audit row of the refusal"


def test_a_field_for_the_own_id_takes_no_other(house: Storehouse, anna: Person) -> None:
    answer = ask(anna, counting(), {**COUNTED, "counted_by": "eva"}, if_match="1")
    assert outcome(answer) == (403, "ACCESS_DENIED")
    assert answer.json["error"]["details"] == {"field": "counted_by"}
    assert ask(anna, counting(), {**COUNTED, "counted_by": anna.user_id}, if_match="1").status == 200


# --- idempotency -------------------------------------------------------------------------------------------------


def test_a_stored_response_is_replayed_before_the_request_is_validated(house: Storehouse, anna: Person) -> None:
    first = ask(anna, counting(), COUNTED, if_match="1", idempotency_key="k")
    stricter = counting(body=dict[str, str])
    again = ask(anna, stricter, COUNTED, if_match="1", idempotency_key="k")
    assert (again.status, again.text) == (first.status, first.text) == (200, '{"stock":9}')
    assert again.headers["Idempotent-Replayed"] == "true"
    assert ask(anna, stricter, COUNTED, if_match="1", idempotency_key="other").status == 422


def test_a_stored_response_is_replayed_only_to_callers_with_the_permission(
    world: World, house: Storehouse, anna: Person
) -> None:
    assert ask(anna, counting(), COUNTED, if_match="1", idempotency_key="k").status == 200
    answer = ask(anna, counting(permission="dispatch.order.accept"), COUNTED, if_match="1", idempotency_key="k")
    assert outcome(answer) == (403, "ACCESS_DENIED")


def test_a_key_of_another_request_is_refused_with_the_invalid_fields(house: Storehouse, anna: Person) -> None:
    assert ask(anna, counting(), COUNTED, if_match="1", idempotency_key="k").status == 200

    def reuse(endpoint: Endpoint, *, name: str = "a", raw: bytes, **headers: str) -> tuple[int, str]:
        return outcome(ask(anna, endpoint, name=name, query=None, raw=raw, idempotency_key="k", **headers))

    invalid = b'{"stock": "many"}'
    assert reuse(counting(), raw=invalid) == (428, "PRECONDITION_REQUIRED")
    assert reuse(counting(), raw=b"{", if_match="1") == (400, "MALFORMED_JSON")
    assert reuse(counting(), raw=invalid, if_match="1") == (422, "IDEMPOTENCY_KEY_REUSED")
    assert reuse(counting(), raw=b'{"stock": 1}', if_match="1", name="none") == (422, "IDEMPOTENCY_KEY_REUSED")


# --- the items ---------------------------------------------------------------------------------------------------


def test_a_missing_related_item_is_404_with_its_own_code(house: Storehouse, anna: Person) -> None:
    endpoint = counting(related={"other": OTHER_SHELF})
    answer = ask(anna, endpoint, {**COUNTED, "other": "b"}, if_match="7")
    assert outcome(answer) == (404, "OTHER_SHELF_NOT_FOUND")
    assert answer.json["error"]["message"] == "Other shelf not found."
    assert outcome(ask(anna, endpoint, COUNTED, if_match="7")) == (404, "OTHER_SHELF_NOT_FOUND")
    assert outcome(ask(anna, endpoint, COUNTED, name="none", if_match="7")) == (404, "NOT_FOUND")
    house.fill(shelf("b"))
    assert ask(anna, endpoint, {**COUNTED, "other": "b"}, if_match="1").status == 200


def test_a_related_item_that_is_not_required_may_be_absent(house: Storehouse, anna: Person) -> None:
    def look(request: Request[Count, Any, Shelf]) -> Response[Any]:
        other = request.related["other"]
        return Response({"other": None if other is None else other.stock})

    optional = shelf_resource(id_from=("user_id",), required=False)
    endpoint = shelf_endpoint(look, "GET", audit_target=None, resource=SHELF, related={"other": optional})
    assert ask(anna, endpoint).json == {"other": None}
    house.fill(shelf(anna.user_id, stock=3))
    assert ask(anna, endpoint).json == {"other": 3}


def test_a_resource_of_somebody_else_is_403_with_the_permission(world: World, house: Storehouse) -> None:
    answer = ask(world.person("customer"), counting(), COUNTED, if_match="1")
    assert outcome(answer) == (403, "ACCESS_DENIED")
    assert answer.json["error"]["details"] == {"permission": "dispatch.order.create"}


def test_an_endpoint_may_declare_other_owners(world: World, house: Storehouse, anna: Person) -> None:
    eva = world.person("customer")
    endpoint = counting(owners=lambda *_: [eva.user_id])
    assert outcome(ask(anna, endpoint, COUNTED, if_match="1")) == (403, "ACCESS_DENIED")
    assert ask(eva, endpoint, COUNTED, if_match="1").status == 200


# --- version and state -------------------------------------------------------------------------------------------


def test_a_refused_transition_says_the_state_and_what_is_possible(house: Storehouse, anna: Person) -> None:
    change_shelf(place="yard")
    answer = ask(anna, counting(), COUNTED, if_match="2")
    assert outcome(answer) == (409, "WORKFLOW_VIOLATION")
    assert answer.json["error"]["message"] == "Cannot count a shelf in state yard."
    assert answer.json["error"]["details"] == {"state": "yard", "action": "count", "allowed": ["close"]}


def test_a_locked_state_is_409_with_its_own_code(house: Storehouse, anna: Person) -> None:
    change_shelf(place="sealed")
    assert outcome(ask(anna, counting(), COUNTED, if_match="2")) == (409, "ENTITY_LOCKED")


def test_a_step_that_was_made_before_is_answered_whatever_version_is_named(house: Storehouse, anna: Person) -> None:
    change_shelf(place="yard", stock=7)
    endpoint = counting(
        repeated=lambda found, actor: found.place == "yard" and found.code == actor.user_id,
        view=lambda found: {"stock": found.stock},
        returns=dict,
    )
    answer = ask(anna, endpoint, COUNTED, if_match="1")
    assert (answer.status, answer.json, answer.headers["ETag"]) == (200, {"stock": 7}, '"2"')
    assert house.stock("a") == 7


def test_after_a_conflict_the_checks_and_the_use_case_get_fresh_items(
    engine: EmbeddedEngine, house: Storehouse, anna: Person
) -> None:
    stocks: list[int] = []

    def add_one(request: Request[Count, Any, Shelf], work: UnitOfWork) -> Response[Any]:
        stocks.append(request.resource.stock)
        work.update(request.resource, {"stock": request.resource.stock + 1})
        return Response({"stock": request.resource.stock})

    endpoint = shelf_endpoint(add_one, resource=SHELF, transition="count", versioned=True)
    engine.before("TransactWriteItems", lambda *_: change_shelf(stock=20), times=1)
    assert ask(anna, endpoint).json == {"stock": 21}
    assert stocks == [5, 20]
    engine.before("TransactWriteItems", lambda *_: change_shelf(place="yard"), times=1)
    assert outcome(ask(anna, endpoint)) == (409, "WORKFLOW_VIOLATION")
    engine.before("TransactWriteItems", lambda *_: change_shelf(place="hall", code="eva"), times=1)
    change_shelf(place="hall")
    assert outcome(ask(anna, endpoint)) == (403, "ACCESS_DENIED")


# --- round trips -------------------------------------------------------------------------------------------------


def test_a_mutation_reads_once_and_writes_once(engine: EmbeddedEngine, house: Storehouse, anna: Person) -> None:
    house.fill(shelf("b"))
    endpoint = counting(related={"other": OTHER_SHELF})
    with counted_trips(engine) as trips:
        answer = ask(anna, endpoint, {**COUNTED, "other": "b"}, if_match="1", idempotency_key="k")
    assert answer.status == 200
    assert trips.made == [["BatchGetItem"], ["TransactWriteItems"]]


def test_a_mutation_that_conflicts_once_reads_its_items_once_more(
    engine: EmbeddedEngine, house: Storehouse, anna: Person
) -> None:
    endpoint = counting(if_match="optional")
    engine.before("TransactWriteItems", lambda *_: change_shelf(place="hall"), times=1)
    with counted_trips(engine) as trips:
        assert ask(anna, endpoint, COUNTED).status == 200
    made = [operations for operations in trips.made if operations not in (["GetItem"], ["UpdateItem"])]
    assert made == [["BatchGetItem"], ["TransactWriteItems"], ["BatchGetItem"], ["TransactWriteItems"]]


def test_a_read_makes_one_trip(engine: EmbeddedEngine, house: Storehouse, anna: Person) -> None:
    def look(request: Request[Any, Any, Shelf]) -> Response[Any]:
        return Response({"stock": request.resource.stock}, version=request.resource.version)

    endpoint = shelf_endpoint(look, "GET", audit_target=None, resource=SHELF, versioned=True)
    with counted_trips(engine) as trips:
        answer = ask(anna, endpoint)
    assert (answer.json, answer.headers["ETag"]) == ({"stock": 5}, '"1"')
    assert trips.made == [["BatchGetItem"]]

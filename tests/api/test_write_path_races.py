"""What goes wrong between deciding and writing: lost races, conflicts, and a store that is slow, deaf or gone."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from pynamodb.exceptions import TransactWriteError

from chalicelib.core import store
from chalicelib.core.errors import Conflict, EntityLocked, NotFound, Unavailable, VersionConflict
from chalicelib.core.settings import Settings, settings
from chalicelib.core.work import UnitOfWork
from infra.local.engine import EmbeddedEngine
from tests.builders.shelves import Shelf, Storehouse, shelf, shelf_key
from tests.builders.time import START

WRITE = "TransactWriteItems"
CANCELED = "TransactionCanceledException"
ATTEMPTS, RESENDS = 5, 4
AWAY = "https://dynamodb.us-east-1.amazonaws.com"


@pytest.fixture(autouse=True)
def hasty_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store's client pauses really between its own attempts; here it does not."""
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))


@pytest.fixture
def house(engine: EmbeddedEngine) -> Storehouse:
    """A storehouse with one shelf of five."""
    made = Storehouse(engine, Settings(stage=settings().stage, commit_attempts=ATTEMPTS, conflict_attempts=RESENDS))
    made.fill(shelf("a"))
    return made


def rivals(house: Storehouse, name: str = "a") -> Callable[..., None]:
    """Somebody who takes one from the shelf just before us."""

    def take(*_: Any) -> None:
        found = store.get(shelf_key(name))
        assert found is not None
        found.update(actions=[Shelf.stock.add(-1), Shelf.version.add(1)])

    return take


def written_nothing(house: Storehouse) -> bool:
    """Whether shelf and audit trail are as they were."""
    return house.stock("a") == 5 and house.rows() == []


# --- lost races ------------------------------------------------------------------------------------------------


def test_a_lost_race_is_run_again_on_fresh_reads(house: Storehouse) -> None:
    house.engine.before(WRITE, rivals(house), times=1)
    assert house.run(house.take_one("a")) == 3
    assert house.stock("a") == 3
    assert len(house.sent) == 2
    assert [row.payload_diff for row in house.rows()] == ['{"stock":[4,3]}']


def test_work_that_is_done_once_is_not_repeated_by_the_next_attempt(house: Storehouse) -> None:
    made: list[str] = []

    def make(name: str) -> str:
        made.append(name)
        return f"{name} {len(made)}"

    def decide(work: UnitOfWork) -> list[str]:
        results = [work.once(name, partial(make, name)) for name in ("thumbnail", "thumbnail", "file")]
        house.take_one("a")(work)
        return results

    house.engine.before(WRITE, rivals(house), times=1)
    assert house.run(decide) == ["thumbnail 1", "thumbnail 1", "file 2"]
    assert made == ["thumbnail", "file"]
    house.run(decide)
    assert made == ["thumbnail", "file"] * 2


def test_a_change_that_lost_its_race_is_known_by_its_label_to_the_next_attempt(house: Storehouse) -> None:
    house.fill(shelf("a"), shelf("b"))
    tried = []

    def decide(work: UnitOfWork) -> None:
        name = "b" if "a" in work.conflicts else "a"
        found = store.get(shelf_key(name))
        assert found is not None
        tried.append(name)
        work.update(found, {"stock": 0}, label=name)

    house.engine.before("TransactWriteItems", lambda *_: house.run(house.take_one("a")), times=1)
    house.run(decide)
    assert tried == ["a", "b"]
    assert (house.stock("a"), house.stock("b")) == (4, 0)


def test_a_race_that_is_lost_each_time_ends_with_its_error(house: Storehouse) -> None:
    house.engine.before(WRITE, rivals(house))
    with pytest.raises(VersionConflict) as caught:
        house.run(house.take_one("a"))
    assert caught.value.details == {"version": 1 + ATTEMPTS}
    assert len(house.sent) == ATTEMPTS
    assert (house.stock("a"), house.rows()) == (5 - ATTEMPTS, [])


def test_the_last_attempt_may_be_the_one_that_succeeds(house: Storehouse) -> None:
    house.engine.before(WRITE, rivals(house), times=ATTEMPTS - 1)
    assert house.run(house.take_one("a")) == 0
    assert len(house.sent) == ATTEMPTS


def test_between_attempts_some_time_passes_and_not_much(house: Storehouse) -> None:
    house.engine.before(WRITE, rivals(house), times=ATTEMPTS - 1)
    house.run(house.take_one("a"))
    assert 0 < (house.clock.now() - START).total_seconds() < 0.4 * ATTEMPTS


def test_each_attempt_has_its_own_moment(house: Storehouse) -> None:
    moments = []

    def decide(work: UnitOfWork) -> None:
        moments.append(work.now)
        house.take_one("a")(work)

    house.engine.before(WRITE, rivals(house), times=2)
    house.run(decide)
    assert len(moments) == 3
    assert moments == sorted(moments)
    assert house.rows()[0].timestamp == moments[-1]


def test_a_decision_may_turn_into_an_error_on_fresh_reads(house: Storehouse) -> None:
    def decide(work: UnitOfWork) -> None:
        found = store.get(shelf_key("a"))
        if found is None:
            raise NotFound
        work.update(found, {"stock": 0})

    house.engine.before(WRITE, lambda *_: shelf("a").delete(), times=1)
    with pytest.raises(NotFound):
        house.run(decide)
    assert len(house.sent) == 1


def test_the_next_attempt_knows_what_did_not_hold(house: Storehouse) -> None:
    house.fill(shelf("b"), shelf("c"))
    seen = []

    def take_any(work: UnitOfWork) -> str:
        seen.append(work.conflicts)
        chosen = next(name for name in ("a", "b", "c") if name not in work.conflicts)
        enough = Shelf.stock == 5
        work.update_unread(shelf_key(chosen), condition=enough, actions=[Shelf.stock.add(-1)], label=chosen)
        return chosen

    house.engine.before(WRITE, rivals(house, "a"), times=1)
    house.engine.before(WRITE, rivals(house, "b"), times=1)
    assert house.run(take_any) == "c"
    assert seen == [frozenset(), {"a"}, {"a", "b"}]


@pytest.mark.parametrize("verb", ["create", "amend", "guard"])
def test_a_final_loss_is_not_run_again(house: Storehouse, verb: str) -> None:
    def decide(work: UnitOfWork) -> None:
        if verb == "create":
            work.create(shelf("a"), EntityLocked(), final=True)
        elif verb == "guard":
            work.check_condition(shelf_key("a"), Shelf.stock == 0, EntityLocked(), final=True)
        else:
            work.update_unread(
                shelf_key("a"),
                condition=Shelf.stock == 0,
                on_conflict=EntityLocked(),
                actions=[Shelf.stock.add(1)],
                final=True,
            )

    with pytest.raises(EntityLocked):
        house.run(decide)
    assert len(house.sent) == 1


def test_a_final_loss_comes_before_every_other(house: Storehouse) -> None:
    def decide(work: UnitOfWork) -> None:
        work.check_condition(shelf_key("b"), Shelf.pk.exists(), NotFound())
        work.create(shelf("a"), EntityLocked(), final=True)
        work.update_unread(
            shelf_key("c"), condition=Shelf.pk.exists(), on_conflict=NotFound(), actions=[Shelf.stock.add(1)]
        )

    with pytest.raises(EntityLocked):
        house.run(decide)
    assert len(house.sent) == 1


def test_an_error_of_the_decision_itself_is_not_run_again(house: Storehouse) -> None:
    asked = []

    def decide(work: UnitOfWork) -> None:
        asked.append(1)
        work.update(shelf("a"), {"stock": 0})
        raise Conflict

    with pytest.raises(Conflict):
        house.run(decide)
    assert (len(asked), house.sent) == (1, [])
    assert written_nothing(house)


def test_many_at_once_take_exactly_what_they_were_told(house: Storehouse) -> None:
    house.fill(shelf("full", stock=40))
    with ThreadPoolExecutor(ATTEMPTS) as pool:
        left = list(pool.map(lambda _: house.run(house.take_one("full")), range(ATTEMPTS)))
    assert sorted(left) == [40 - taken for taken in range(ATTEMPTS, 0, -1)]
    assert house.stock("full") == 40 - ATTEMPTS


# --- conflicts and throttling: nobody's error --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "reasons"),
    [
        (CANCELED, None),
        (CANCELED, ["TransactionConflict", "None"]),
        (CANCELED, ["None", "ThrottlingError"]),
        (CANCELED, ["ProvisionedThroughputExceeded", "TransactionConflict"]),
        ("TransactionInProgressException", None),
        ("ThrottlingException", None),
        ("ProvisionedThroughputExceededException", None),
        ("RequestLimitExceeded", None),
        ("InternalServerError", None),
        ("ServiceUnavailable", None),
    ],
)
def test_a_transaction_that_was_not_carried_out_is_sent_again(
    house: Storehouse, code: str, reasons: list[str] | None
) -> None:
    house.engine.fail_next(WRITE, code, 2, reasons=reasons)
    assert house.run(house.take_one("a")) == 4
    assert house.stock("a") == 4
    assert len(house.sent) == 3
    assert len({request["ClientRequestToken"] for request in house.sent}) == 1


@pytest.mark.parametrize(
    "code",
    [
        CANCELED,
        "TransactionInProgressException",
        "ThrottlingException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "InternalServerError",
        "ServiceUnavailable",
    ],
)
def test_in_the_end_the_service_is_unavailable_and_nothing_is_written(house: Storehouse, code: str) -> None:
    house.engine.fail_next(WRITE, code, 1000)
    with pytest.raises(Unavailable) as caught:
        house.run(house.take_one("a"))
    assert int(caught.value.headers["Retry-After"]) > 0
    assert 1 < len(house.sent) <= RESENDS * 3
    assert written_nothing(house)


def test_a_lost_race_beside_a_conflict_is_a_lost_race(house: Storehouse) -> None:
    house.engine.fail_next(WRITE, CANCELED, 1, reasons=["TransactionConflict", "ConditionalCheckFailed"])
    assert house.run(house.take_one("a")) == 4
    assert len({request["ClientRequestToken"] for request in house.sent}) == 2


@pytest.mark.parametrize("reasons", [["ValidationError", "None"], ["None", "ItemCollectionSizeLimitExceeded"], []])
def test_what_can_never_succeed_is_a_crash_and_sent_once(house: Storehouse, reasons: list[str]) -> None:
    house.engine.fail_next(WRITE, CANCELED, 1, reasons=reasons)
    with pytest.raises(TransactWriteError):
        house.run(house.take_one("a"))
    assert len(house.sent) == 1
    assert written_nothing(house)


# --- a store that is gone ----------------------------------------------------------------------------------------

LINES_DOWN = [
    EndpointConnectionError(endpoint_url=AWAY),
    ConnectTimeoutError(endpoint_url=AWAY),
    ReadTimeoutError(endpoint_url=AWAY),
]


@pytest.mark.parametrize("operation", [WRITE, "GetItem"])
@pytest.mark.parametrize("error", LINES_DOWN, ids=lambda error: type(error).__name__)
def test_a_store_that_is_down_makes_the_service_unavailable(
    house: Storehouse, error: Exception, operation: str
) -> None:
    def down(*_: Any) -> None:
        raise error

    with house.engine.before(operation, down), pytest.raises(Unavailable):
        house.run(house.take_one("a"))
    assert written_nothing(house)


def test_a_line_that_fails_for_a_moment_is_not_noticed(house: Storehouse) -> None:
    def down(*_: Any) -> None:
        raise LINES_DOWN[0]

    house.engine.before(WRITE, down, times=2)
    assert house.run(house.take_one("a")) == 4


@pytest.mark.parametrize("code", ["InternalServerError", "TransactionInProgressException", "ThrottlingException"])
def test_a_lost_answer_does_not_make_it_happen_twice(house: Storehouse, code: str) -> None:
    house.engine.fail_next(WRITE, code, 2, after=True)
    assert house.run(house.take_one("a")) == 4
    assert house.stock("a") == 4
    assert len(house.rows()) == 1
    assert len(house.sent) == 3


def test_when_every_answer_is_lost_it_still_happened_once(house: Storehouse) -> None:
    house.engine.fail_next(WRITE, "InternalServerError", 1000, after=True)
    with pytest.raises(Unavailable):
        house.run(house.take_one("a"))
    assert (house.stock("a"), len(house.rows())) == (4, 1)

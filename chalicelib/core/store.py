"""Reading: single items, many items of several tables in one call, pages of a query, and things done in parallel.

PynamoDB's batch read knows one model at a time and its queries hide their paging; a request wants *one* round trip
for all it needs, and lists want a cursor. What the store cannot answer (down, throttled) becomes `Unavailable` here
and in `commit`, so no caller has to know the store's own error codes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import copy_context
from functools import cache
from typing import Any, Generic, TypeVar

import msgspec
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection
from pynamodb.exceptions import PynamoDBException, QueryError
from pynamodb.expressions.condition import Condition

from chalicelib.core import aws, cursors
from chalicelib.core.clock import Clock
from chalicelib.core.errors import Unavailable
from chalicelib.core.settings import settings
from chalicelib.core.table import Item, key

M = TypeVar("M", bound=Item)
T = TypeVar("T")
U = TypeVar("U")

_TRY_LATER = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "RequestLimitExceeded",
        "InternalServerError",
        "ServiceUnavailable",
        "LimitExceededException",
        "TransactionConflictException",
    }
)
_BATCH = 100
_BATCH_ATTEMPTS = 4
# A search for a courier makes up to 68 calls at once (64 cells and the idle shards); fewer threads make it two trips.
_AT_ONCE = {"store": 72}
_OTHERWISE = 32


class ItemKey(msgspec.Struct, Generic[M], frozen=True):
    """Which item, and which model reads it."""

    model: type[M]
    pk: str
    sk: str


class ReadResult:
    """What a batch read found, asked for by the same keys."""

    def __init__(self, items: Mapping[tuple[str, str, str], Mapping[str, Any]]) -> None:
        self._items = items

    def get(self, wanted: ItemKey[M]) -> M | None:
        """The item, or None if there was none."""
        raw = self._items.get((wanted.model.Meta.table_name, wanted.pk, wanted.sk))
        return None if raw is None else wanted.model.from_raw_data(dict(raw))


def unavailable(error: BaseException) -> bool:
    """Whether the store could not answer now (as against: it answered, and the answer is an error)."""
    cause = getattr(error, "cause", None) or error
    if isinstance(cause, ClientError):
        return cause.response.get("Error", {}).get("Code") in _TRY_LATER
    return isinstance(cause, (NoConnection, HTTPClientError))


@contextmanager
def store_errors() -> Iterator[None]:
    """Turn what the store's client raises while it is down or throttles into `Unavailable`."""
    try:
        yield
    except (PynamoDBException, BotoCoreError, ClientError) as error:
        if unavailable(error):
            raise Unavailable from error
        raise


def get(wanted: ItemKey[M]) -> M | None:
    """One item, read consistently, or None."""
    with store_errors():
        try:
            return wanted.model.get(wanted.pk, wanted.sk, consistent_read=True)
        except wanted.model.DoesNotExist:
            return None


def get_many(wanted: Iterable[ItemKey[Any]], clock: Clock) -> ReadResult:
    """Items of any tables in one consistent batch read (at most 100; keys may repeat).

    What the store leaves unread for throttling is asked for again, a few times, then `Unavailable`.
    """
    keys = {(k.model.Meta.table_name, k.pk, k.sk) for k in wanted}
    if len(keys) > _BATCH:
        raise ValueError(f"{len(keys)} keys in one batch read; {_BATCH} are the most")
    found: dict[tuple[str, str, str], Mapping[str, Any]] = {}
    request = _batch_request(keys)
    for attempt in range(_BATCH_ATTEMPTS if request else 0):
        if attempt:
            clock.sleep(0.02 * 2**attempt)
        with store_errors():
            client = aws.client("dynamodb", settings().dynamodb_endpoint)
            answer = client.batch_get_item(RequestItems=request)
        for table, items in answer.get("Responses", {}).items():
            found.update({(table, item["pk"]["S"], item["sk"]["S"]): item for item in items})
        request = answer.get("UnprocessedKeys") or {}
        if not request:
            break
    if request:
        raise Unavailable
    return ReadResult(found)


def _batch_request(keys: Iterable[tuple[str, str, str]]) -> dict[str, Any]:
    request: dict[str, Any] = {}
    for table, pk, sk in sorted(keys):
        wanted = request.setdefault(table, {"Keys": [], "ConsistentRead": True})
        wanted["Keys"].append({"pk": {"S": pk}, "sk": {"S": sk}})
    return request


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some items of a list, and the cursor of the next ones (None at the end)."""

    items: Sequence[T]
    next_cursor: str | None

    def mapped(self, shape: Callable[[T], Any]) -> list[Any]:
        """The items in another shape."""
        return [shape(item) for item in self.items]


class Query(msgspec.Struct, Generic[M], frozen=True):
    """A query on a table (`index` None) or on one of its indexes; key and range as stored."""

    model: type[M]
    hash_key: str
    index: str | None = None
    range_condition: Condition | None = None
    filter_condition: Condition | None = None
    newest_first: bool = False

    def raw(self, limit: int | None = None, start: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """One page as the store gives it: `Items`, and `LastEvaluatedKey` if there is more."""
        with store_errors():
            answer: dict[str, Any] = self.model.table().query(
                self.hash_key,
                range_key_condition=self.range_condition,
                filter_condition=self.filter_condition,
                index_name=self.index,
                limit=limit,
                exclusive_start_key=start,
                scan_index_forward=not self.newest_first,
                consistent_read=self.index is None,
            )
        return answer

    def page(self, limit: int, cursor: str | None = None) -> Page[M]:
        """One page as models. Raises `ValidationFailed` for a cursor that is not one of this list."""
        shape, name = cursors.key_shape(self.model, self.index), self._name()
        try:
            answer = self.raw(limit, cursors.decode(cursor, name, shape) if cursor else None)
        except QueryError as error:
            # A start key of the right form that lies outside of this list.
            if cursor and error.cause_response_code == "ValidationException":
                raise cursors.refused() from error
            raise
        last = answer.get("LastEvaluatedKey")
        items = [self.model.from_raw_data(item) for item in answer["Items"]]
        return Page(items, cursors.encode(last, name) if last else None)

    def _name(self) -> str:
        """What makes it this list and no other; cursors are bound to it."""
        return key(self.model.Meta.table_name, self.index or "", self.hash_key)

    def count(self, most: int) -> int:
        """How many items there are, counted up to `most`; none of them is transferred."""
        with store_errors():
            answer = self.model.table().query(
                self.hash_key,
                range_key_condition=self.range_condition,
                index_name=self.index,
                limit=most,
                select="COUNT",
                consistent_read=self.index is None,
            )
        return int(answer["Count"])

    def all(self) -> Iterator[M]:
        """Every item, page after page. For lists that are short by nature."""
        start: Mapping[str, Any] | None = None
        while True:
            answer = self.raw(start=start)
            yield from (self.model.from_raw_data(item) for item in answer["Items"])
            start = answer.get("LastEvaluatedKey")
            if not start:
                return


@cache
def _pool(name: str) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_AT_ONCE.get(name, _OTHERWISE), thread_name_prefix=name)


def parallel(calls: Sequence[Callable[[], T]], pool: str = "store") -> list[T]:
    """Make independent calls at once; the answers come in the order of the calls. The first error is raised.

    Not before all have ended: a write that went on behind the back of a request that has failed would be carried out
    whenever the function wakes up again.
    Calls must not use `parallel` with their own pool: waiting inside a pool for that pool could lock up.
    """
    if len(calls) < 2:
        return [call() for call in calls]
    futures = [_pool(pool).submit(copy_context().run, call) for call in calls]
    try:
        return [future.result() for future in futures]
    except BaseException:
        wait(futures)
        raise


def parallel_pair(ones: Sequence[Callable[[], T]], others: Sequence[Callable[[], U]]) -> tuple[list[T], list[U]]:
    """Two kinds of independent calls, all at once."""
    answers: list[Any] = parallel([*ones, *others])
    return answers[: len(ones)], answers[len(ones) :]

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
from chalicelib.core.pagination import Page as Page  # noqa: PLC0414 - exported until every importer names pagination
from chalicelib.core.settings import settings
from chalicelib.core.table import Item, key

M = TypeVar("M", bound=Item)
T = TypeVar("T")
U = TypeVar("U")
RawItem = Mapping[str, Mapping[str, Any]]
"""An item, or a key, as the store writes it: `{"pk": {"S": "..."}, ...}`."""


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
_FILTERED_READS = 10  # answers of the store that one page of a filtered list may take
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


class Rows(msgspec.Struct, frozen=True):
    """Items of a query as the store holds them, and the key after which to go on (None: this is the end).

    A read that ends at its limit has a key even if nothing comes after it; ask for one item more to know.
    """

    items: Sequence[RawItem]
    next_key: RawItem | None = None

    @property
    def is_complete(self) -> bool:
        """Return whether the read came to the end of the query."""
        return self.next_key is None


class Query(msgspec.Struct, Generic[M], frozen=True):
    """A query on a table (`index` None) or on one of its indexes; key and range as stored."""

    model: type[M]
    hash_key: str
    index: str | None = None
    range_condition: Condition | None = None
    filter_condition: Condition | None = None
    newest_first: bool = False

    def read(self, limit: int | None = None, start: RawItem | None = None, *, max_reads: int | None = None) -> Rows:
        """Return the first `limit` items, or all, after the key `start`.

        The store may end an answer early, so this reads on until there are enough. `max_reads` bounds the answers
        that are read where a filter may match few items; `next_key` then says where to go on.
        """
        items: list[RawItem] = []
        reads = 0
        while True:
            missing = None if limit is None or self.filter_condition is not None else limit - len(items)
            answer = self.raw(missing, start)
            items += answer["Items"]
            reads += 1
            start = answer.get("LastEvaluatedKey") or None
            if limit is not None and len(items) > limit:
                return Rows(items[:limit], self._key_of(items[limit - 1]))
            if start is None or len(items) == limit or reads == max_reads:
                return Rows(items, start)

    def first(self) -> M | None:
        """Return the first item, or None if there is none."""
        return next(iter(self._models(self.read(1))), None)

    def all(self) -> Iterator[M]:
        """Return every item, reading on as the caller goes on. For lists that are short by nature."""
        for item in self.raw_items():
            yield self.model.from_raw_data(item)

    def raw_items(self, page_size: int | None = None) -> Iterator[RawItem]:
        """Return every item as stored, reading `page_size` at a time as the caller goes on."""
        start: RawItem | None = None
        while True:
            answer = self.raw(page_size, start)
            yield from answer["Items"]
            start = answer.get("LastEvaluatedKey")
            if not start:
                return

    def page(self, limit: int, cursor: str | None = None) -> Page[M]:
        """Return one page as models. Raise `ValidationFailed` if the cursor does not belong to this list."""
        shape, name = cursors.key_shape(self.model, self.index), self._name()
        max_reads = None if self.filter_condition is None else _FILTERED_READS
        try:
            rows = self.read(limit, cursors.decode(cursor, name, shape) if cursor else None, max_reads=max_reads)
        except QueryError as error:
            # A start key of the right form that lies outside of this list.
            if cursor and error.cause_response_code == "ValidationException":
                raise cursors.refused() from error
            raise
        return Page(self._models(rows), cursors.encode(rows.next_key, name) if rows.next_key else None)

    def count(self, limit: int) -> int:
        """Return the number of items, counted up to `limit`; no item is transferred."""
        counted = 0
        start: RawItem | None = None
        while True:
            answer = self._query(limit=limit - counted, exclusive_start_key=start, select="COUNT")
            counted += int(answer["Count"])
            start = answer.get("LastEvaluatedKey")
            if not start or counted >= limit:
                return counted

    def raw(self, limit: int | None = None, start: RawItem | None = None) -> dict[str, Any]:
        """Return one answer of the store. It may hold fewer items than there are and than `limit`: use `read`."""
        return self._query(limit=limit, exclusive_start_key=start)

    def _query(self, **options: Any) -> dict[str, Any]:
        with store_errors():
            answer: dict[str, Any] = self.model.table().query(
                self.hash_key,
                range_key_condition=self.range_condition,
                filter_condition=self.filter_condition,
                index_name=self.index,
                scan_index_forward=not self.newest_first,
                consistent_read=self.index is None,
                **options,
            )
        return answer

    def _models(self, rows: Rows) -> list[M]:
        return [self.model.from_raw_data(item) for item in rows.items]

    def _key_of(self, item: RawItem) -> RawItem:
        """Return the start key of what comes after an item."""
        return {name: item[name] for name in cursors.key_shape(self.model, self.index)}

    def _name(self) -> str:
        """Return what identifies this list; cursors are bound to it."""
        return key(self.model.Meta.table_name, self.index or "", self.hash_key)


def merge(
    shards: Iterable[Rows], attribute: str, *, limit: int | None = None, newest_first: bool = False
) -> list[RawItem]:
    """Return the items of several reads as one list, by a text attribute, cut to `limit`.

    Each read has to have the same limit at least, or to be complete, else items in between would be missing.
    """
    items = (item for rows in shards for item in rows.items)
    return sorted(items, key=lambda item: str(item[attribute]["S"]), reverse=newest_first)[:limit]


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

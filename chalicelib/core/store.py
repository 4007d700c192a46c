"""Reads from the store: single items, batches across tables, queries.

    get, get_many   items by their keys; a batch reads items of several tables in one round trip
    Query           `read`, `page`, `first`, `count` and `all` read on until they have what the caller wants, because
                    the store may end any answer early (at 1 MB); `Rows` says whether that was the end of the query

While the store is down or throttles, everything here raises `Unavailable`; callers need no error codes of the store.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

import msgspec
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection
from pynamodb.exceptions import PynamoDBException, QueryError
from pynamodb.expressions.condition import Condition

from chalicelib.core import aws, cursors
from chalicelib.core.clock import Clock
from chalicelib.core.errors import Unavailable
from chalicelib.core.pagination import Page
from chalicelib.core.parallel import parallel, parallel_pair
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
BATCH = 100
"""The most keys of a batch read."""
_BATCH_ATTEMPTS = 4
FILTERED_READS = 10
"""Answers of the store that one page of a filtered list may take, per partition."""


class ItemKey(msgspec.Struct, Generic[M], frozen=True):
    """The key of an item, and the model that reads it."""

    model: type[M]
    pk: str
    sk: str

    def new(self, **values: Any) -> M:
        """Return a new item with this key and these attributes."""
        return self.model(self.pk, self.sk, **values)


class ReadResult:
    """The items of a batch read, by their keys."""

    def __init__(self, items: Mapping[tuple[str, str, str], Mapping[str, Any]]) -> None:
        self._items = items

    def get(self, item_key: ItemKey[M]) -> M | None:
        """Return the item, or None if it does not exist."""
        raw = self.raw(item_key)
        return None if raw is None else item_key.model.from_raw_data(raw)

    def raw(self, item_key: ItemKey[Any]) -> RawItem | None:
        """Return the item as stored, or None if it does not exist."""
        return self._items.get((item_key.model.Meta.table_name, item_key.pk, item_key.sk))


def unavailable(error: BaseException) -> bool:
    """Return whether the error means that the store is down or throttles, rather than that the request is wrong."""
    cause = getattr(error, "cause", None) or error
    if isinstance(cause, ClientError):
        failed = cause.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500
        return failed or cause.response.get("Error", {}).get("Code") in _TRY_LATER
    return isinstance(cause, (NoConnection, HTTPClientError))


@contextmanager
def store_errors() -> Iterator[None]:
    """Raise `Unavailable` instead of the errors of a store that is down or throttles."""
    try:
        yield
    except (PynamoDBException, BotoCoreError, ClientError) as error:
        if unavailable(error):
            raise Unavailable from error
        raise


def parallel_reads(reads: Sequence[Callable[[], T]]) -> list[T]:
    """Make independent reads at once, and return their results in order. A read that fails is made once more.

    So a search of many queries does not fail because the store did not answer one of them.
    """
    return parallel([_made_twice(read) for read in reads])


def parallel_pair_reads(first: Sequence[Callable[[], T]], second: Sequence[Callable[[], U]]) -> tuple[list[T], list[U]]:
    """Make reads of two result types at once, like `parallel_reads`."""
    return parallel_pair([_made_twice(read) for read in first], [_made_twice(read) for read in second])


def _made_twice(read: Callable[[], T]) -> Callable[[], T]:
    """Return a read that is made again if the store does not answer, unless the deadline has passed."""

    def call() -> T:
        try:
            return read()
        except Unavailable:
            return read()

    return call


def get(item_key: ItemKey[M]) -> M | None:
    """Return an item, read consistently, or None."""
    with store_errors():
        try:
            return item_key.model.get(item_key.pk, item_key.sk, consistent_read=True)
        except item_key.model.DoesNotExist:
            return None


def get_many(item_keys: Iterable[ItemKey[Any]], clock: Clock) -> ReadResult:
    """Return items of any tables, read consistently in one batch (at most 100; keys may repeat).

    Keys that the store leaves unread, because it throttles or the items are large, are requested again. Raise
    `Unavailable` after a few answers that leave all of them.
    """
    keys = {(k.model.Meta.table_name, k.pk, k.sk) for k in item_keys}
    if len(keys) > BATCH:
        raise ValueError(f"{len(keys)} keys exceed the limit of {BATCH} for a batch read")
    items_by_key: dict[tuple[str, str, str], Mapping[str, Any]] = {}
    request, failures = _batch_request(keys), 0
    while request:
        if failures:
            clock.sleep(0.02 * 2**failures)
        with store_errors():
            client = aws.client("dynamodb", settings().dynamodb_endpoint)
            answer = client.batch_get_item(RequestItems=request)
        for table, items in answer.get("Responses", {}).items():
            items_by_key.update({(table, item["pk"]["S"], item["sk"]["S"]): item for item in items})
        unread = answer.get("UnprocessedKeys") or {}
        failures = failures + 1 if _number_of_keys(unread) == _number_of_keys(request) else 0
        if failures == _BATCH_ATTEMPTS:
            raise Unavailable
        request = unread
    return ReadResult(items_by_key)


def _number_of_keys(request: Mapping[str, Any]) -> int:
    return sum(len(of_table["Keys"]) for of_table in request.values())


def _batch_request(keys: Iterable[tuple[str, str, str]]) -> dict[str, Any]:
    request: dict[str, Any] = {}
    for table, pk, sk in sorted(keys):
        of_table = request.setdefault(table, {"Keys": [], "ConsistentRead": True})
        of_table["Keys"].append({"pk": {"S": pk}, "sk": {"S": sk}})
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
    """A query on a table (`index` None) or on one of its indexes; key and range as stored.

    `list_name` tells lists of the same key apart, such as those of different filters: a cursor belongs to one of them.
    """

    model: type[M]
    hash_key: str
    index: str | None = None
    range_condition: Condition | None = None
    filter_condition: Condition | None = None
    newest_first: bool = False
    list_name: str = ""

    def read(
        self,
        limit: int | None = None,
        start: RawItem | None = None,
        *,
        max_reads: int | None = None,
        min_items: int = 0,
    ) -> Rows:
        """Return the first `limit` items, or all, after the key `start`.

        The store may end an answer early, so this reads on until there are enough. `max_reads` bounds the answers
        that are read where a filter may match few items or where items are large; `next_key` then says where to go on.
        More are read if they hold fewer than `min_items`.
        """
        items: list[RawItem] = []
        reads = 0
        while True:
            missing = None if limit is None or self.filter_condition is not None else limit - len(items)
            answer = self._query(missing, start)
            items += answer["Items"]
            reads += 1
            start = answer.get("LastEvaluatedKey") or None
            if limit is not None and len(items) > limit:
                return Rows(items[:limit], self._key_of(items[limit - 1]))
            is_bounded = max_reads is not None and reads >= max_reads and len(items) >= min_items
            if start is None or len(items) == limit or is_bounded:
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
            answer = self._query(page_size, start)
            yield from answer["Items"]
            start = answer.get("LastEvaluatedKey")
            if not start:
                return

    def page(self, limit: int, cursor: str | None = None) -> Page[M]:
        """Return one page as models. Raise `ValidationFailed` if the cursor does not belong to this list."""
        shape, name = cursors.key_shape(self.model, self.index), self._name()
        max_reads = None if self.filter_condition is None else FILTERED_READS
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
            answer = self._query(limit - counted, start, select="COUNT")
            counted += int(answer["Count"])
            start = answer.get("LastEvaluatedKey")
            if not start or counted >= limit:
                return counted

    def _query(self, limit: int | None, start: RawItem | None, **options: Any) -> dict[str, Any]:
        """Return one answer of the store. It may hold fewer items than there are and than `limit`: use `read`."""
        with store_errors():
            answer: dict[str, Any] = self.model.table().query(
                self.hash_key,
                range_key_condition=self.range_condition,
                filter_condition=self.filter_condition,
                index_name=self.index,
                scan_index_forward=not self.newest_first,
                consistent_read=self.index is None,
                limit=limit,
                exclusive_start_key=start,
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
        names = [self.list_name] if self.list_name else []
        return key(self.model.Meta.table_name, self.index or "", self.hash_key, *names)

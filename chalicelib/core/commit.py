"""Commits a unit of work as one `TransactWriteItems`, and explains why the store refused it.

    1. plan     every staged change becomes an operation of the store, in the order check, delete, put, update, which
                is the order in which the store reports the reasons of a refusal
    2. send     after a conflict with another transaction, or throttling, the same transaction is sent again with the
                same token, so that a transaction whose response was lost is not carried out twice
    3. explain  failed conditions are matched to their staged changes and raised as `WriteConflict`

The runner decides whether to run the use case again after a conflict.
"""

import random
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from pynamodb.exceptions import TransactWriteError

from chalicelib.core import observability
from chalicelib.core.clock import Clock
from chalicelib.core.errors import TooLargeToCommit, Unavailable
from chalicelib.core.store import RawItem, store_errors
from chalicelib.core.table import SharedConnection, set_actions
from chalicelib.core.work import Operation, Staged, UnitOfWork

MAX_ITEMS = 100
_CONDITION_FAILED = "ConditionalCheckFailed"
_SEND_AGAIN = frozenset(
    {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded"}
)
_RETURN_OLD = "ALL_OLD"
EXACT_VERSION = "exact version"
"""The label of changes that fail only because another request changed the item; more attempts are made for them."""


class FailedCondition(msgspec.Struct, frozen=True):
    """A staged change whose condition failed, and the stored item (None: it does not exist)."""

    staged: Staged
    raw: RawItem | None

    @property
    def error(self) -> Exception:
        """Return the error that this failure means for the client."""
        return self.staged.error(self.raw)


class WriteConflict(Exception):
    """The transaction was refused because conditions failed; nothing was written."""

    def __init__(self, failures: Sequence[FailedCondition]) -> None:
        self.failures = sorted(failures, key=lambda failure: not failure.staged.final)
        super().__init__(", ".join(type(failure.staged.item).__name__ for failure in failures))

    @property
    def final(self) -> bool:
        """Return whether another attempt would fail in the same way."""
        return self.failures[0].staged.final

    @property
    def contended(self) -> bool:
        """Return whether another request's change of an item that needs its exact version is among the reasons."""
        return any(label.startswith(EXACT_VERSION) for label in self.labels)

    @property
    def error(self) -> Exception:
        """Return the error of the first failed condition; final ones come first."""
        return self.failures[0].error

    @property
    def labels(self) -> frozenset[str]:
        """Return the labels of the failed changes, for the next attempt."""
        return frozenset(failure.staged.label for failure in self.failures if failure.staged.label)


class RetryPolicy(msgspec.Struct, frozen=True):
    """The number of attempts and the pauses between them: exponential backoff with full jitter."""

    attempts: int
    base_s: float = 0.01
    cap_s: float = 0.4

    def pause(self, attempt: int, clock: Clock) -> None:
        """Wait after attempt number `attempt` (from 1)."""
        clock.sleep(random.uniform(0, min(self.cap_s, self.base_s * 2**attempt)))  # noqa: S311 - jitter, no secret


def commit(work: UnitOfWork, clock: Clock, retry_policy: RetryPolicy) -> None:
    """Write all staged changes, or none.

    Raise `WriteConflict` if a condition failed, `TooLargeToCommit` if more than 100 items are staged, and
    `Unavailable` if the store is down, throttles, or conflicts do not end.
    """
    planned = sorted(work, key=lambda staged: staged.operation.value)
    if not planned:
        return
    if len(planned) > MAX_ITEMS:
        raise TooLargeToCommit(details={"items": len(planned), "most": MAX_ITEMS})
    operations = {kind: [_operation(staged) for staged in planned if staged.operation is kind] for kind in Operation}
    token = work.ids.new()
    for attempt in range(retry_policy.attempts):
        if attempt:
            observability.count("TransactionRetries")
            retry_policy.pause(attempt, clock)
        if _send(operations, token, planned):
            observability.count("Commits")
            return
    raise Unavailable


def _send(operations: Mapping[Operation, list[dict[str, Any]]], token: str, planned: Sequence[Staged]) -> bool:
    """Send the transaction. Return False if it may be sent again, because of another transaction or throttling."""
    try:
        with store_errors():
            _connection().transact_write_items(
                condition_check_items=operations[Operation.CONDITION_CHECK],
                delete_items=operations[Operation.DELETE],
                put_items=operations[Operation.CREATE],
                update_items=operations[Operation.UPDATE],
                client_request_token=token,
            )
    except TransactWriteError as error:
        return _explain(error, planned)
    return True


def _explain(error: TransactWriteError, planned: Sequence[Staged]) -> bool:
    if error.cause_response_code in ("TransactionInProgressException", "TransactionConflictException"):
        return False
    reasons = error.cancellation_reasons
    failures = [
        FailedCondition(staged, reason.raw_item)
        for staged, reason in zip(planned, reasons, strict=False)
        if reason is not None and reason.code == _CONDITION_FAILED
    ]
    if failures:
        observability.count("Conflicts")
        raise WriteConflict(failures) from error
    if reasons and all(reason is None or reason.code in _SEND_AGAIN for reason in reasons):
        return False
    raise error


@cache
def _connection() -> SharedConnection:
    return SharedConnection(region="unused")


def _operation(staged: Staged) -> dict[str, Any]:
    """Return a staged change as an operation of the store."""
    item, condition = staged.item, staged.condition
    if staged.operation is Operation.CREATE:
        return item.get_save_kwargs_from_instance(condition, return_values_on_condition_failure=_RETURN_OLD)
    if staged.operation is Operation.UPDATE:
        changed = {} if staged.is_unread else {name: new for name, (_, new) in staged.changes.items()}
        actions = [*staged.actions, *set_actions(type(item), changed)]
        return item.get_update_kwargs_from_instance(actions, condition, return_values_on_condition_failure=_RETURN_OLD)
    return item.get_delete_kwargs_from_instance(condition, return_values_on_condition_failure=_RETURN_OLD)

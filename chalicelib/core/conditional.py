"""Single writes on a condition, outside of a unit of work: leases, counters, connections, notes of uploads."""

from collections.abc import Callable
from typing import TypeVar

from pynamodb.exceptions import DeleteError, PutError, UpdateError

from chalicelib.core.store import store_errors

T = TypeVar("T")


def write_if(write: Callable[[], T]) -> T | None:
    """Return the result of a write, or None if its condition does not hold. Raise the store's other errors."""
    try:
        with store_errors():
            return write()
    except (DeleteError, PutError, UpdateError) as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
    return None

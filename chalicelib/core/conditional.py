"""Single writes on a condition, outside of a unit of work: leases, counters, connections, notes of uploads.

And conditions that are made of several, for filters of lists.
"""

from collections.abc import Callable, Iterable
from functools import reduce
from operator import and_
from typing import TypeVar

from pynamodb.exceptions import DeleteError, PutError, UpdateError
from pynamodb.expressions.condition import Condition

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


def all_of(conditions: Iterable[Condition | None]) -> Condition | None:
    """Return the condition that all of these hold; None if there is none. Those that are None are left out."""
    given = [condition for condition in conditions if condition is not None]
    return reduce(and_, given) if given else None

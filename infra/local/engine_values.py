"""Quick ways for the values that moto handles most: texts, numbers and small containers.

moto asks each value for its type by up to five methods whenever it hashes, compares, weighs or converts it, and an item
has a dozen values. That took a sixth of the time of a write. The results are those of moto.
"""

from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType

_PLAIN = frozenset({"S", "B", "BOOL"})
"""The types whose values moto compares as they are."""

_moto_cast: Any = vars(DynamoType)["cast_value"].fget
_moto_size: Any = DynamoType.size


def init_value(self: DynamoType, given: DynamoType | dict[str, Any]) -> None:
    """Take type and value from another value, or from the wire format."""
    if isinstance(given, DynamoType):
        kind, value = given.type, given.value
    else:
        kind, value = next(iter(given.items()))
    if kind == "L":
        value = [DynamoType(one) for one in value]
    elif kind == "M":
        value = {name: DynamoType(one) for name, one in value.items()}
    self.type, self.value = kind, value


def cast_value(self: DynamoType) -> Any:
    """Return the value that comparisons use."""
    return self.value if self.type in _PLAIN else _moto_cast(self)


def hash_value(self: DynamoType) -> int:
    """Return a hash that is the same for equal values."""
    return hash((self.type, self.value if self.type in _PLAIN else _moto_cast(self)))


def equal(self: DynamoType, other: DynamoType) -> bool:
    """Return whether type and value are the same."""
    if self.type != other.type:
        return False
    if self.type in _PLAIN:
        return bool(self.value == other.value)
    return bool(_moto_cast(self) == _moto_cast(other))


def size_of_value(self: DynamoType) -> int:
    """Return the size in bytes."""
    return size_of_text(self.value) if self.type == "S" else _moto_size(self)


def size_of_text(value: str | bytes) -> int:
    """Return the size of a name, a text or binary data in bytes."""
    if isinstance(value, bytes) or value.isascii():
        return len(value)
    return len(value.encode())

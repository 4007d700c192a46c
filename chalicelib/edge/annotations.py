"""Reading type annotations: what a field's type comes down to once options and constraints are taken off.

Only as much of typing as request structs use. What is not understood here stays as it is, and the validation then
reports the first problem of that value instead of all: less complete, never wrong.
"""

import enum
from collections.abc import Iterator, Mapping, Sequence
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

import msgspec

_SEQUENCES = (list, tuple, set, frozenset, Sequence)


def unwrap(kind: object) -> tuple[object, tuple[msgspec.Meta, ...]]:
    """The type inside `Annotated[...]` and `... | None | UnsetType`, and the constraints found on the way.

    A union of several other types comes back as that union.
    """
    constraints: tuple[msgspec.Meta, ...] = ()
    while True:
        if get_origin(kind) is Annotated:
            constraints += tuple(note for note in get_args(kind)[1:] if isinstance(note, msgspec.Meta))
            kind = get_args(kind)[0]
        elif len(alternatives := _alternatives(kind)) == 1:
            kind = alternatives[0]
        else:
            return kind, constraints


def struct_for(kind: object, value: Mapping[object, object]) -> object | None:
    """The struct type that `value` is meant to be; of several tagged ones the one that its tag names."""
    for candidate in _alternatives(kind) or (kind,):
        shape = unwrap(candidate)[0]
        config = getattr(_plain(shape), "__struct_config__", None)
        if config is None or config.array_like:
            continue
        if shape is kind or value.get(config.tag_field) == config.tag:
            return shape
    return None


def item_type(kind: object) -> object | None:
    """What a list (tuple, set) holds; `None` if this is no list or its items differ in type."""
    items = get_args(kind)
    if get_origin(kind) not in _SEQUENCES or not items:
        return None
    item: object = items[0]
    return item if len(items) == 1 or items[1] is Ellipsis else None


def entry_types(kind: object) -> tuple[object, object] | None:
    """The types of keys and values of a dictionary; `None` if this is none."""
    arguments = get_args(kind)
    if get_origin(kind) not in (dict, Mapping) or len(arguments) != 2:
        return None
    return arguments[0], arguments[1]


def choices(kind: object) -> Iterator[object]:
    """The values that an enumeration or a literal type allows; nothing for other types."""
    shape, _ = unwrap(kind)
    if isinstance(shape, type) and issubclass(shape, enum.Enum):
        yield from (member.value for member in shape)
    elif get_origin(shape) is Literal:
        yield from (value for value in get_args(shape) if value is not None)


def _alternatives(kind: object) -> tuple[object, ...]:
    if get_origin(kind) not in (Union, UnionType):
        return ()
    return tuple(one for one in get_args(kind) if one not in (NoneType, msgspec.UnsetType))


def _plain(kind: object) -> object:
    return get_origin(kind) or kind

"""Reads type annotations: the type of a field without its options and constraints.

Only the part of `typing` that request structs use is supported. A type that is not understood is returned unchanged;
the validation then reports the first error of that value instead of all.
"""

import enum
from collections.abc import Iterator, Mapping, Sequence
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

import msgspec

_SEQUENCES = (list, tuple, set, frozenset, Sequence)


def unwrap(kind: object) -> tuple[object, tuple[msgspec.Meta, ...]]:
    """Return the type inside `Annotated[...]` and `... | None | UnsetType`, and its constraints.

    A union of several other types is returned as that union.
    """
    constraints: tuple[msgspec.Meta, ...] = ()
    while True:
        if get_origin(kind) is Annotated:
            constraints += tuple(note for note in get_args(kind)[1:] if isinstance(note, msgspec.Meta))
            kind = get_args(kind)[0]
        elif len(types := alternatives(kind)) == 1:
            kind = types[0]
        else:
            return kind, constraints


def alternatives(kind: object) -> tuple[object, ...]:
    """Return the types of a union except `None` and `UnsetType`; nothing for other types."""
    if get_origin(kind) not in (Union, UnionType):
        return ()
    return tuple(member for member in get_args(kind) if member not in (NoneType, msgspec.UnsetType))


def struct_for(kind: object, value: Mapping[object, object]) -> object | None:
    """Return the struct type of `value`; among tagged types, the one that its tag names. None if there is none."""
    for candidate in alternatives(kind) or (kind,):
        shape = unwrap(candidate)[0]
        config = getattr(get_origin(shape) or shape, "__struct_config__", None)
        if config is None or config.array_like:
            continue
        if shape is kind or value.get(config.tag_field) == config.tag:
            return shape
    return None


def item_type(kind: object) -> object | None:
    """Return the type of the items of a list, tuple or set; None for other types and for items of different types."""
    items = get_args(kind)
    if get_origin(kind) not in _SEQUENCES or not items:
        return None
    item: object = items[0]
    return item if len(items) == 1 or items[1] is Ellipsis else None


def entry_types(kind: object) -> tuple[object, object] | None:
    """Return the types of the keys and values of a dictionary; None for other types."""
    arguments = get_args(kind)
    if get_origin(kind) not in (dict, Mapping) or len(arguments) != 2:
        return None
    return arguments[0], arguments[1]


def choices(kind: object) -> Iterator[object]:
    """Yield the values that an enumeration or a literal type allows; nothing for other types."""
    shape, _ = unwrap(kind)
    if isinstance(shape, type) and issubclass(shape, enum.Enum):
        yield from (member.value for member in shape)
    elif get_origin(shape) is Literal:
        yield from (value for value in get_args(shape) if value is not None)

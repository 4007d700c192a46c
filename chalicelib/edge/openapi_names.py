"""Which types get a component of their own in the API's description, and what it is called there.

Structs and enumerations do, under the names of their classes; `Page[Order]` is `OrderPage`. A literal type has lost its
name by the time that it is looked at, so it does if it has a title: `Annotated[Literal[...], Meta(title="Announced")]`.

Generated clients get classes of these names, so a name must not change because somebody else takes the same one.
Enumerations, whose names come again (`Status`), therefore always carry their domain in front; structs when they clash.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import Enum
from typing import Annotated, Any, get_args, get_origin

import msgspec.inspect as mi


def named_in(infos: Iterable[mi.Type]) -> dict[Any, mi.Type]:
    """Everything reachable that gets a component, by its class (a literal: by its title)."""
    found: dict[Any, mi.Type] = {}
    waiting = list(infos)
    while waiting:
        info = waiting.pop()
        kind = title_of(info) if isinstance(info, mi.Metadata) else getattr(info, "cls", None)
        if kind in found:
            continue
        if kind is not None:
            found[kind] = info
        waiting.extend(_parts(info))
    return found


def names_of(kinds: Iterable[Any]) -> dict[Any, str]:
    """A name for each of the kinds, no two alike."""
    names = {kind: _name(kind) for kind in kinds}
    often = Counter(names.values())
    return {kind: _domain(kind) + name if _is_enum(kind) or often[name] > 1 else name for kind, name in names.items()}


def title_of(info: mi.Metadata) -> str | None:
    """The title of a literal type."""
    title: str | None = (info.extra_json_schema or {}).get("title")
    return title if isinstance(info.type, mi.LiteralType) else None


def _parts(info: mi.Type) -> Iterable[mi.Type]:
    match info:
        case mi.StructType():
            return [field.type for field in info.fields]
        case mi.Metadata():
            return [info.type]
        case mi.UnionType():
            return info.types
        case mi.CollectionType():
            return [info.item_type]
        case mi.DictType():
            return [info.value_type]
    return []


def _name(kind: Any) -> str:
    origin = get_origin(kind)
    if origin is None:
        return kind if isinstance(kind, str) else str(kind.__name__)
    if origin is Annotated:
        return _name(get_args(kind)[0])
    name: str = origin.__name__
    return "".join(_name(argument) for argument in get_args(kind)) + name[0].upper() + name[1:]


def _domain(kind: Any) -> str:
    """The folder that a type is from, such as `Dispatch`."""
    module = str(getattr(kind, "__module__", "")).split(".")
    return module[1].capitalize() if len(module) > 1 else ""


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)

"""Decides which types are components of the API description, and names them.

Structs and enumerations are components under the names of their classes; `Page[Order]` is `OrderPage`. A literal type
and a union have no name at run time, so they are one if they have a title: `Annotated[Literal[...], Meta(title=...)]`.
Others are named by `inline.py`.

Generated clients have classes of these names, so a name must not change because another type takes the same one. The
names of enumerations (`Status`), which recur, therefore always begin with their domain; those of structs only if they
clash.
"""

import re
from collections import Counter
from collections.abc import Iterable
from enum import Enum
from typing import Annotated, Any, get_args, get_origin

import msgspec.inspect as mi


def named_in(infos: Iterable[mi.Type]) -> dict[Any, mi.Type]:
    """Return every reachable type that gets a component, by its class (a literal: by its title)."""
    named: dict[Any, mi.Type] = {}
    waiting = list(infos)
    while waiting:
        info = waiting.pop()
        kind = title_of(info) if isinstance(info, mi.Metadata) else getattr(info, "cls", None)
        if kind in named:
            continue
        if kind is not None:
            named[kind] = info
        waiting.extend(_parts(info))
    return named


def names_of(kinds: Iterable[Any]) -> dict[Any, str]:
    """Return a unique name for each of the types."""
    names = {kind: _name(kind) for kind in kinds}
    often = Counter(names.values())
    return {kind: _domain(kind) + name if _is_enum(kind) or often[name] > 1 else name for kind, name in names.items()}


def title_of(info: mi.Metadata) -> str | None:
    """Return the title of a literal type or a union."""
    title: str | None = (info.extra_json_schema or {}).get("title")
    return title if isinstance(info.type, mi.LiteralType | mi.UnionType) else None


def pascal(name: str) -> str:
    """Return a name as a class name: `client_event_id` becomes `ClientEventId`."""
    return "".join(word[0].upper() + word[1:] for word in re.findall("[A-Za-z0-9]+", name))


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
    """Return the domain of a type, such as `Dispatch`."""
    module = str(getattr(kind, "__module__", "")).split(".")
    return module[1].capitalize() if len(module) > 1 else ""


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)

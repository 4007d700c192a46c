"""Which components a part of the document refers to."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

REF = "#/components/schemas/"


def references(part: object) -> Iterator[str]:
    """Yield the names of the schemas that a part of the document refers to."""
    if isinstance(part, list):
        for child in part:
            yield from references(child)
    elif isinstance(part, dict):
        target = part.get("$ref")
        if isinstance(target, str) and target.startswith(REF):
            yield target.removeprefix(REF)
        for child in part.values():
            yield from references(child)


def reachable(names: Iterable[str], components: Mapping[str, Any]) -> set[str]:
    """Return the names of these schemas and of all that they refer to."""
    waiting, found = set(names), set[str]()
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= set(references(components[name])) - found
    return found

"""The components to which a part of the document refers."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

REF = "#/components/schemas/"


def references(part: object, prefix: str = REF) -> Iterator[str]:
    """Yield the names of the schemas, or of other components, to which a part of the document refers."""
    if isinstance(part, list):
        for child in part:
            yield from references(child, prefix)
    elif isinstance(part, dict):
        target = part.get("$ref")
        if isinstance(target, str) and target.startswith(prefix):
            yield target.removeprefix(prefix)
        for child in part.values():
            yield from references(child, prefix)


def reachable(names: Iterable[str], components: Mapping[str, Any]) -> set[str]:
    """Return the names of these schemas and of all that they refer to."""
    waiting, found = set(names), set[str]()
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= set(references(components[name])) - found
    return found

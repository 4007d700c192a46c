"""Keeps a document once it is built: few processes serve it, and it takes a fifth of a second."""

from collections.abc import Callable
from functools import wraps

from chalicelib.edge.dependencies import Dependencies

Document = dict[str, object]


def built_once(build: Callable[[Dependencies], Document]) -> Callable[[Dependencies], Document]:
    """Return the function with its last document kept for calls with the same dependencies: do not change it."""
    kept: list[tuple[Dependencies, Document]] = []

    @wraps(build)
    def built(dependencies: Dependencies) -> Document:
        for described, document in kept:
            if described is dependencies:
                return document
        document = build(dependencies)
        kept[:] = [(dependencies, document)]
        return document

    return built

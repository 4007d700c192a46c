"""What the application logs, as the lines that a log service would read."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib.core.observability import SERVICE, log


class Lines:
    """The lines that were logged."""

    def __init__(self) -> None:
        self._stream = io.StringIO()
        self.handler = logging.StreamHandler(self._stream)
        self.handler.setFormatter(log().registered_formatter)

    @property
    def text(self) -> str:
        """All of it, as it was written."""
        return self._stream.getvalue()

    @property
    def all(self) -> list[dict[str, Any]]:
        """All lines, decoded."""
        return [json.loads(line) for line in self.text.splitlines()]

    @property
    def last(self) -> dict[str, Any]:
        """The last line."""
        return self.all[-1]


@contextmanager
def listening() -> Iterator[Lines]:
    """Catch everything that is logged meanwhile, debugging included, whatever the level is otherwise."""
    logger, caught = logging.getLogger(SERVICE), Lines()
    before = logger.level
    logger.setLevel(logging.DEBUG)
    logger.addHandler(caught.handler)
    try:
        yield caught
    finally:
        logger.removeHandler(caught.handler)
        logger.setLevel(before)

"""Keeps the secrets in the addresses of the local AWS services out of the logs, where errors of botocore name them."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import Any, TextIO

from infra.local.gateway_services import LAMBDA_PREFIX, SOCKETS_PREFIX

_ADDRESS = re.compile(rf"({SOCKETS_PREFIX}|{LAMBDA_PREFIX})/[^/\s\"'\\]+")


class RedactedStream:
    """A text stream that replaces the secrets."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write the text without secrets."""
        return self._stream.write(_ADDRESS.sub(r"\1/...", text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def redact(loggers: Iterable[logging.Logger]) -> None:
    """Make the loggers write no secrets of service addresses, also not those of other processes."""
    for logger in loggers:
        for handler in logger.handlers:
            if isinstance(handler, logging.StreamHandler) and not isinstance(handler.stream, RedactedStream):
                handler.setStream(RedactedStream(handler.stream))

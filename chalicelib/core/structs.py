"""Prepares struct types for use by several threads.

msgspec examines a struct type when it is first decoded, and the process crashes if several threads do that at the same
moment (msgspec 0.22). So code that decodes a type for the first time prepares it here, one thread after the other.
"""

from threading import Lock
from typing import Any

import msgspec

_lock = Lock()
_decoders: dict[object, msgspec.json.Decoder[Any]] = {}


def decoder_of(kind: Any) -> msgspec.json.Decoder[Any]:
    """Return the JSON decoder of a type. Making one costs more than using it, so there is one per type."""
    decoder = _decoders.get(kind)
    if decoder is None:
        with _lock:
            decoder = _decoders.setdefault(kind, msgspec.json.Decoder(kind))
    return decoder


def prepare(kind: Any) -> None:
    """Make sure that `msgspec.convert` may be called with a type by any thread."""
    decoder_of(kind)

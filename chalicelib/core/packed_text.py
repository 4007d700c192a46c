"""Packs long texts that are stored: write units are paid for each kilobyte of an item.

Packed text is text again and not binary, since responses of the store without binary values are decoded faster. Short
texts stay as they are, and so do those that were stored before texts were packed.
"""

import binascii
import zlib

import msgspec

_MARK = "z:"
_LEVEL = 1
"""Higher levels take several times as long and save little."""


def pack(text: str) -> str:
    """Return the shorter one of a JSON text and its packed form."""
    packed = _MARK + binascii.b2a_base64(zlib.compress(text.encode(), _LEVEL), newline=False).decode()
    return packed if len(packed) < len(text) else text


def unpack(text: str) -> str:
    """Return the text that was packed. Raise `msgspec.DecodeError` if it is damaged."""
    if not text.startswith(_MARK):
        return text
    try:
        return zlib.decompress(binascii.a2b_base64(text.removeprefix(_MARK))).decode()
    except (ValueError, zlib.error) as error:
        raise msgspec.DecodeError("packed text is damaged") from error

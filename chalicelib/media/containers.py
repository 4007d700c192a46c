"""The structure of image files: JPEG and PNG without what is not needed, and the scans and the end of a JPEG.

Only what pixels, colours and orientation depend on has to be valid in a photo. The rest of a file may be large, unknown
or malformed, and the marker of its end may be missing.
"""

from __future__ import annotations

import re
import struct
import zlib
from typing import NamedTuple

JPEG_START, PNG_START, JPEG_END = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"\xff\xd9"

_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd7\xff])")
"""A marker of a segment or of the end; not an escaped byte 0xFF in pixel data, and not a restart marker."""
_SCAN, _END, _COMMENT = 0xDA, 0xD9, 0xFE
_ANY_BITS = bytes(range(0x25, 0xF5, 0x0D)) * 8

_PNG_END = b"\0\0\0\0IEND\xaeB`\x82"
_OPTIONAL = {b"tRNS": lambda length: 0 < length <= 256, b"eXIf": lambda length: length <= 65_536}
"""Chunks of a PNG that are kept although a decoder may skip them, and their sizes."""
_MAX_PROFILE_BYTES = 4 * 1024 * 1024


_SEGMENTS = {(0xE0, b"JFIF\0"): 14, (0xE1, b"Exif\0"): 6, (0xE2, b"ICC_P"): 14, (0xEE, b"Adobe"): 12}
"""Application segments of a JPEG that are kept, by how their contents begin, and the least sizes of those."""


class JpegScans(NamedTuple):
    """The number of a JPEG's scans, and whether the file has the marker of its end."""

    number: int
    has_end: bool


class PngParts(NamedTuple):
    """A PNG of the chunks that are needed, and the ICC profile that was in it."""

    content: bytes
    icc_profile: bytes | None


class DamagedFile(Exception):
    """A part of the file that is needed is missing."""


def needed_segments(content: bytes) -> bytes:
    """Return a JPEG without comments, and without unknown or malformed segments before its first scan."""
    kept, position = [content[:2]], 2
    while (marker := _MARKER.match(content, position)) is not None and marker[1][0] not in (_SCAN, _END):
        kind, start = marker[1][0], marker.end() + 2
        end = marker.end() + int.from_bytes(content[marker.end() : start])
        is_application = 0xE0 <= kind <= 0xEF
        if end - start >= _SEGMENTS.get((kind, content[start : start + 5]), 0 if not is_application else 65_536):
            kept.append(content[position:end] if kind != _COMMENT else b"")
        position = end
    return b"".join([*kept, content[position:]])


def count_scans(content: bytes, limit: int) -> JpegScans:
    """Return the scans of a JPEG, counted up to its end or to one more than the limit."""
    scans, position = 0, 2
    while scans <= limit:
        marker = _MARKER.search(content, position)
        if marker is None or marker[1][0] == _END:
            return JpegScans(scans, marker is not None)
        scans += marker[1][0] == _SCAN
        position = marker.end() + int.from_bytes(content[marker.end() : marker.end() + 2])
    return JpegScans(scans, has_end=True)


def possible_ends(content: bytes) -> tuple[bytes, bytes]:
    """Return a JPEG without end in two forms, which have the same pixels if nothing but the end is missing.

    A decoder completes missing data with zeros and does not say so. The second form has other bits there.
    """
    data = content.removesuffix(b"\xff")
    return data + JPEG_END, data + _ANY_BITS + JPEG_END


def needed_chunks(content: bytes) -> PngParts:
    """Return a PNG without texts, frames and the like, and with its end. Raise `DamagedFile` if it is cut off."""
    kept, profile, position = [PNG_START], None, len(PNG_START)
    while position + 8 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, position)
        end = position + 12 + length
        if kind == b"IEND":
            break
        is_critical = not kind[0] & 0x20
        if end > len(content):
            if is_critical:
                raise DamagedFile
            break
        data = content[position + 8 : end - 4]
        if is_critical or (kind in _OPTIONAL and _OPTIONAL[kind](length) and _is_intact(content, position, end)):
            kept.append(content[position:end])
        elif kind == b"iCCP":
            profile = profile or _unpack_profile(data)
        position = end
    return PngParts(b"".join([*kept, _PNG_END]), profile)


def _is_intact(content: bytes, start: int, end: int) -> bool:
    return zlib.crc32(content[start + 4 : end - 4]) == int.from_bytes(content[end - 4 : end])


def _unpack_profile(data: bytes) -> bytes | None:
    """Return the profile in a chunk: its name, a zero, the method, and the packed bytes; None if it is malformed."""
    unpacker = zlib.decompressobj()
    try:
        profile = unpacker.decompress(data.partition(b"\0")[2][1:], _MAX_PROFILE_BYTES)
    except zlib.error:
        return None
    return profile if unpacker.eof else None

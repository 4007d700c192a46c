"""A photo as it is kept: decoded to see that it is one, and written anew, so that nothing else of the file survives.

What a phone sends holds more than a picture: where it was taken, a smaller copy of the picture before it was cropped,
now and then a whole archive behind its end. All of that is left behind by keeping only the pixels, turned upright as
the camera said, as a JPEG. The format and the number of pixels are looked at before anything is decoded: a few
kilobytes can claim to be a picture of gigabytes.

Pillow is imported inside. What it raises on hostile bytes is of any type, so all of it means: this is no photo.

Traded away: colours beyond sRGB, transparency (it becomes white), and all pictures of an animation but the first.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from PIL.Image import Image

CONTENT_TYPE = "image/jpeg"
THUMB_EDGE = 320
MAX_PIXELS = 40_000_000
"""Decoded, each takes up to four bytes of the function's memory, and while it is turned upright twice that."""

MAX_EDGE = 65_500
"""A JPEG cannot be wider or higher."""

MAX_SCANS = 50
"""A JPEG says its pixels in as many passes as it likes, a few bytes each, and every one of them is worked out for the
whole picture. Cameras and programs make a dozen at most."""

_FORMATS = ("JPEG", "PNG", "WEBP")
_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd7\xff])")
"""What begins a segment or ends the picture; not the byte 0xFF as it is escaped among pixels, and not a restart."""
_SCAN, _END = 0xDA, 0xD9
_QUALITY, _THUMB_QUALITY = 88, 80
NO_PHOTO = "must be a photo as JPEG, PNG or WebP"
DAMAGED = "is damaged or incomplete"
TOO_MANY_PIXELS = f"must have at most {MAX_PIXELS // 1_000_000} million pixels"
TOO_LONG = f"must be at most {MAX_EDGE:,} pixels wide and high"
TOO_MANY_SCANS = f"must have at most {MAX_SCANS} scans"


class NoPhoto(Exception):
    """What was sent is no photo that can be kept; the message is what the sender reads of their `file`."""


class Picture(msgspec.Struct, frozen=True):
    """A photo and its thumbnail, as they are kept."""

    full: bytes
    thumb: bytes


def keepable(content: bytes) -> Picture:
    """The photo in a file, written anew. Raises `NoPhoto`."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # Pillow's own limit is higher, and below it only warns
    try:
        image = Image.open(BytesIO(content), formats=_FORMATS)
    except Exception as error:
        raise NoPhoto(NO_PHOTO) from error
    with image:
        if image.width * image.height > MAX_PIXELS:
            raise NoPhoto(TOO_MANY_PIXELS)
        if max(image.size) > MAX_EDGE:
            raise NoPhoto(TOO_LONG)
        if content.startswith(b"\xff\xd8") and _scans(content) > MAX_SCANS:
            raise NoPhoto(TOO_MANY_SCANS)
        try:
            return _kept(image)
        except Exception as error:
            raise NoPhoto(DAMAGED) from error


def _scans(content: bytes) -> int:
    """The scans of a JPEG, counted up to the end of its picture or to one more than it may have."""
    scans, at = 0, 2
    while scans <= MAX_SCANS:
        marker = _MARKER.search(content, at)
        if marker is None or marker[1][0] == _END:
            break
        scans += marker[1][0] == _SCAN
        at = marker.end() + int.from_bytes(content[marker.end() : marker.end() + 2])
    return scans


def _kept(image: Image) -> Picture:
    image.load()
    upright = _plain(_upright(image))
    full = _jpeg(upright, _QUALITY)
    upright.thumbnail((THUMB_EDGE, THUMB_EDGE))
    return Picture(full, _jpeg(upright, _THUMB_QUALITY))


def _upright(image: Image) -> Image:
    """The picture as the camera was held.

    Pillow's own way of doing it writes all of what the camera said anew, and fails where any of that is odd.
    """
    from PIL.ExifTags import Base
    from PIL.Image import Transpose

    turns = (
        Transpose.FLIP_LEFT_RIGHT,
        Transpose.ROTATE_180,
        Transpose.FLIP_TOP_BOTTOM,
        Transpose.TRANSPOSE,
        Transpose.ROTATE_270,
        Transpose.TRANSVERSE,
        Transpose.ROTATE_90,
    )
    try:
        held = image.getexif().get(Base.Orientation)
    except Exception:  # noqa: BLE001 - of any type, and what cannot be read says nothing
        return image
    if not isinstance(held, int) or not 2 <= held <= 8:
        return image
    turned = image.transpose(turns[held - 2])
    image.close()  # a second copy of its pixels is as much as there is room for
    return turned


def _plain(image: Image) -> Image:
    """The pixels alone, as red, green and blue."""
    from PIL import Image as Images

    if image.mode.startswith("I;16"):  # from 16 bits to 8, which a conversion would cut off instead
        image = image.point(lambda value: value / 256, "L")
    if image.has_transparency_data:
        over = image if image.mode == "RGBA" else image.convert("RGBA")
        plain = Images.new("RGB", over.size, "white")
        plain.paste(over, mask=over)
    else:
        plain = image if image.mode == "RGB" else image.convert("RGB")
    plain.info.clear()  # a comment would be written again
    return plain


def _jpeg(image: Image, quality: int) -> bytes:
    written = BytesIO()
    image.save(written, "JPEG", quality=quality)
    return written.getvalue()

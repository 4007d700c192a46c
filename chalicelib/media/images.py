"""Verification and re-encoding of photos: only the pixels of an uploaded file are kept.

A phone's file also holds where it was taken, a thumbnail from before it was cropped, or other data behind its end. A
photo is decoded, turned upright as the camera says, and encoded as a new JPEG without any of that. Format and number of
pixels are checked before anything is decoded, because a file of a few kilobytes can claim gigabytes of pixels.

Pillow is imported inside. It raises errors of any type on malformed input; all of them mean that the file is invalid.

Traded away: colours beyond sRGB, transparency (it becomes white), and all frames of an animation but the first.
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
"""A decoded pixel takes up to four bytes of the function's memory, and twice that while the image is turned upright."""

MAX_EDGE = 65_500
"""A JPEG cannot be wider or higher."""

MAX_SCANS = 50
"""A JPEG may encode its pixels in any number of scans of a few bytes each, and each is decoded for the whole image.
Cameras and programs write a dozen at most."""

_FORMATS = ("JPEG", "PNG", "WEBP")
_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd7\xff])")
"""A marker of a segment or of the end; not an escaped byte 0xFF in pixel data, and not a restart marker."""
_SCAN, _END = 0xDA, 0xD9
_QUALITY, _THUMB_QUALITY = 88, 80
NOT_AN_IMAGE = "must be a photo as JPEG, PNG or WebP"
DAMAGED = "is damaged or incomplete"
TOO_MANY_PIXELS = f"must have at most {MAX_PIXELS // 1_000_000} million pixels"
TOO_LONG = f"must be at most {MAX_EDGE:,} pixels wide and high"
TOO_MANY_SCANS = f"must have at most {MAX_SCANS} scans"


class InvalidImage(Exception):
    """The file is not a photo that can be stored; the message completes the sentence "file ..."."""


class EncodedImage(msgspec.Struct, frozen=True):
    """A re-encoded photo and its thumbnail."""

    full: bytes
    thumb: bytes


def reencode(content: bytes) -> EncodedImage:
    """Return the photo in a file, encoded anew. Raise `InvalidImage` if it is not a photo or too large."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # Pillow's own limit is higher, and below it only warns
    try:
        image = Image.open(BytesIO(content), formats=_FORMATS)
    except Exception as error:
        raise InvalidImage(NOT_AN_IMAGE) from error
    with image:
        if image.width * image.height > MAX_PIXELS:
            raise InvalidImage(TOO_MANY_PIXELS)
        if max(image.size) > MAX_EDGE:
            raise InvalidImage(TOO_LONG)
        if content.startswith(b"\xff\xd8") and _count_scans(content) > MAX_SCANS:
            raise InvalidImage(TOO_MANY_SCANS)
        try:
            return _encode(image)
        except Exception as error:
            raise InvalidImage(DAMAGED) from error


def _count_scans(content: bytes) -> int:
    """Return the number of scans of a JPEG, counted up to its end or to one more than the limit."""
    scans, position = 0, 2
    while scans <= MAX_SCANS:
        marker = _MARKER.search(content, position)
        if marker is None or marker[1][0] == _END:
            break
        scans += marker[1][0] == _SCAN
        position = marker.end() + int.from_bytes(content[marker.end() : marker.end() + 2])
    return scans


def _encode(image: Image) -> EncodedImage:
    image.load()
    upright = _to_rgb(_to_upright(image))
    full = _to_jpeg(upright, _QUALITY)
    upright.thumbnail((THUMB_EDGE, THUMB_EDGE))
    return EncodedImage(full, _to_jpeg(upright, _THUMB_QUALITY))


def _to_upright(image: Image) -> Image:
    """Return the image turned as its EXIF orientation says.

    Pillow's `exif_transpose` also writes the EXIF data anew and fails where any of it is malformed.
    """
    from PIL.ExifTags import Base
    from PIL.Image import Transpose

    transposes = (
        Transpose.FLIP_LEFT_RIGHT,
        Transpose.ROTATE_180,
        Transpose.FLIP_TOP_BOTTOM,
        Transpose.TRANSPOSE,
        Transpose.ROTATE_270,
        Transpose.TRANSVERSE,
        Transpose.ROTATE_90,
    )
    try:
        orientation = image.getexif().get(Base.Orientation)
    except Exception:  # noqa: BLE001 - errors of any type, and unreadable EXIF data means no orientation
        return image
    if not isinstance(orientation, int) or not 2 <= orientation <= 8:
        return image
    upright = image.transpose(transposes[orientation - 2])
    image.close()  # there is no room for a third copy of the pixels
    return upright


def _to_rgb(image: Image) -> Image:
    """Return the pixels alone, as red, green and blue."""
    from PIL import Image as Images

    if image.mode.startswith("I;16"):  # scaled from 16 bits to 8; `convert` would clip instead
        image = image.point(lambda value: value / 256, "L")
    if image.has_transparency_data:
        over = image if image.mode == "RGBA" else image.convert("RGBA")
        rgb = Images.new("RGB", over.size, "white")
        rgb.paste(over, mask=over)
    else:
        rgb = image if image.mode == "RGB" else image.convert("RGB")
    rgb.info.clear()  # a comment would be written again
    return rgb


def _to_jpeg(image: Image, quality: int) -> bytes:
    file = BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()

"""Verification and re-encoding of photos: only the pixels of an uploaded file are kept.

A phone's file also holds where it was taken, a thumbnail from before it was cropped, or other data behind its end. A
photo is decoded, turned upright as the camera says, converted to sRGB, and encoded as a new JPEG without any of that.
Format and number of pixels are checked before anything is decoded, because a file of a few kilobytes can claim
gigabytes of pixels.

The decoded image is in memory once. A JPEG of more than `MAX_PIXELS` is decoded in half its width and height.

Pillow is imported inside. It raises errors of any type on malformed input; all of them mean that the file is invalid.

Traded away: colours beyond sRGB, transparency (it becomes white), and all frames of an animation but the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from io import BytesIO
from typing import TYPE_CHECKING

import msgspec

from chalicelib.media.colours import to_srgb
from chalicelib.media.containers import (
    JPEG_START,
    PNG_START,
    count_scans,
    needed_chunks,
    needed_segments,
    possible_ends,
)
from chalicelib.media.strips import STRIP_ROWS, JpegWriter, Turn, strips

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

CONTENT_TYPE = "image/jpeg"
THUMB_EDGE = 320
MAX_PIXELS = 40_000_000
"""The most pixels that are decoded and stored. Each takes four bytes of the function's memory."""

MAX_JPEG_PIXELS = 100_000_000
"""The most pixels of a JPEG."""

MAX_EDGE = 65_500
"""A JPEG cannot be wider or higher."""

MAX_SCANS = 50
"""A JPEG may encode its pixels in any number of scans of a few bytes each, and each is decoded for the whole image.
Cameras and programs write a dozen at most. Of a JPEG with more than `MAX_PIXELS` fewer scans are accepted."""

_MAX_SAMPLES = 3 * MAX_JPEG_PIXELS
"""A JPEG of several scans is decoded as a whole, with two bytes for each value of each colour."""

_QUALITY, _THUMB_QUALITY = 88, 80
NOT_AN_IMAGE = "must be a photo as JPEG, PNG or WebP"
DAMAGED = "is damaged or incomplete"
TOO_LONG = f"must be at most {MAX_EDGE:,} pixels wide and high"
TOO_MANY_SCANS = f"must have at most {MAX_SCANS} scans, and fewer with so many pixels"


def too_many_pixels(limit: int) -> str:
    """Return the message for an image with more pixels than the limit of its format."""
    return f"must have at most {limit // 1_000_000} million pixels"


class InvalidImage(Exception):
    """The file is not a photo that can be stored; the message completes the sentence "file ..."."""


class EncodedImage(msgspec.Struct, frozen=True):
    """A re-encoded photo and its thumbnail."""

    full: bytes
    thumb: bytes


def reencode(content: bytes) -> EncodedImage:
    """Return the photo in a file, encoded anew. Raise `InvalidImage` if it is not a photo or too large."""
    profile = None
    if content.startswith(PNG_START):
        with _refused_as(DAMAGED):
            content, profile = needed_chunks(content)
    with _open(content) as image:
        is_jpeg = content.startswith(JPEG_START)
        _check_size(image, MAX_JPEG_PIXELS if is_jpeg else MAX_PIXELS)
        if is_jpeg and not _check_scans(image, content):
            return _reencode_without_end(content)
        with _refused_as(DAMAGED):
            return _encode(_load(image), profile or image.info.get("icc_profile"))


def _reencode_without_end(content: bytes) -> EncodedImage:
    """Return a JPEG whose end is missing, encoded anew. Raise `InvalidImage` if anything else of it is missing."""
    ended, ended_otherwise = possible_ends(content)
    with _refused_as(DAMAGED):
        with _open(ended_otherwise) as image:
            digest = _digest(_load(image))
        with _open(ended) as image:
            if _digest(_load(image)) != digest:
                raise InvalidImage(DAMAGED)
            return _encode(image, image.info.get("icc_profile"))


@contextmanager
def _refused_as(message: str) -> Iterator[None]:
    """Raise `InvalidImage` with this message for whatever is raised inside."""
    try:
        yield
    except InvalidImage:
        raise
    except Exception as error:
        raise InvalidImage(message) from error


def _open(content: bytes) -> ImageFile:
    """Return an image that is not decoded yet. Of several images in a file it is the first one."""
    from PIL import Image
    from PIL.JpegImagePlugin import JpegImageFile

    Image.MAX_IMAGE_PIXELS = None  # Pillow's own limit is higher, and below it only warns
    with _refused_as(NOT_AN_IMAGE):
        if content.startswith(JPEG_START):  # `Image.open` would read the index of the other images too
            try:
                return JpegImageFile(BytesIO(content))
            except Exception:  # noqa: BLE001 - errors of any type, which other segments may be the reason of
                return JpegImageFile(BytesIO(needed_segments(content)))
        return Image.open(BytesIO(content), formats=("PNG", "WEBP"))


def _check_size(image: Image, max_pixels: int) -> None:
    if image.width * image.height > max_pixels:
        raise InvalidImage(too_many_pixels(max_pixels))
    if max(image.size) > MAX_EDGE:
        raise InvalidImage(TOO_LONG)


def _check_scans(image: Image, content: bytes) -> bool:
    """Raise `InvalidImage` if decoding the scans of a JPEG would take too long; return whether it has its end."""
    scans, pixels = count_scans(content, MAX_SCANS), image.width * image.height
    if scans.number > MAX_SCANS or scans.number * pixels > MAX_SCANS * MAX_PIXELS:
        raise InvalidImage(TOO_MANY_SCANS)
    if scans.number > 1 and pixels * len(image.getbands()) > _MAX_SAMPLES:
        raise InvalidImage(TOO_MANY_SCANS)
    return scans.has_end


def _load(image: ImageFile) -> ImageFile:
    """Decode an image; a large JPEG in half its width and height."""
    if image.width * image.height > MAX_PIXELS:
        image.draft(None, (image.width // 2, image.height // 2))
    image.load()
    return image


def _digest(image: Image) -> bytes:
    """Return a digest of the pixels."""
    digest = blake2b()
    for top in range(0, image.height, STRIP_ROWS):
        digest.update(image.crop((0, top, image.width, min(top + STRIP_ROWS, image.height))).tobytes())
    return digest.digest()


def _encode(image: Image, icc_profile: bytes | None) -> EncodedImage:
    """Return an image upright, in sRGB and without anything else; the thumbnail is reduced from the same strips."""
    from PIL import Image as Images

    turn = _turn_of(image)
    width, height = turn.size(image)
    factor = 1  # divides the rows of a strip
    while factor < STRIP_ROWS and max(width, height) > 4 * factor * THUMB_EDGE:
        factor *= 2
    thumb = Images.new("RGB", (-(-width // factor), -(-height // factor)))
    writer = JpegWriter(height, _QUALITY)
    for number, strip in enumerate(strips(image, turn, to_srgb(image, icc_profile))):
        writer.add(strip)
        thumb.paste(strip.reduce(factor), (0, number * STRIP_ROWS // factor))
    thumb.thumbnail((THUMB_EDGE, THUMB_EDGE))
    file = BytesIO()
    thumb.save(file, "JPEG", quality=_THUMB_QUALITY)
    return EncodedImage(writer.finish(), file.getvalue())


def _turn_of(image: Image) -> Turn:
    """Return how the image is turned upright, by its EXIF orientation; malformed EXIF data means not at all."""
    from PIL.ExifTags import Base
    from PIL.Image import Transpose

    turns = (
        Turn(Transpose.FLIP_LEFT_RIGHT),
        Turn(Transpose.ROTATE_180, from_end=True),
        Turn(Transpose.FLIP_TOP_BOTTOM, from_end=True),
        Turn(Transpose.TRANSPOSE, from_columns=True),
        Turn(Transpose.ROTATE_270, from_columns=True),
        Turn(Transpose.TRANSVERSE, from_columns=True, from_end=True),
        Turn(Transpose.ROTATE_90, from_columns=True, from_end=True),
    )
    try:
        orientation = image.getexif().get(Base.Orientation)
    except Exception:  # noqa: BLE001 - errors of any type, and unreadable EXIF data means no orientation
        return Turn()
    if not isinstance(orientation, int) or not 2 <= orientation <= 8:
        return Turn()
    return turns[orientation - 2]

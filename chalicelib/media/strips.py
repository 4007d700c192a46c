"""A JPEG that is written strip by strip, so that a large image is never in memory a second time.

Each strip is turned upright and converted on its own, and encoded by Pillow with a restart marker after each row of
blocks. The markers are numbered from 0 to 7, and a strip has eight rows of blocks, so the scans of the strips, joined
by one more marker, are the scan of the whole image. The result is byte for byte what Pillow writes of the whole image
with `restart_marker_rows=1`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PIL.Image import Image, Transpose

STRIP_ROWS = 128
"""Eight rows of blocks, each of 16 rows of pixels with colours in half the resolution."""

_SIZE, _SCAN, _LAST_RESTART, _END = b"\xff\xc0", b"\xff\xda", b"\xff\xd7", b"\xff\xd9"


class Turn(NamedTuple):
    """How an image is turned upright, and which of its rows or columns become the first rows."""

    transpose: Transpose | None = None
    from_columns: bool = False
    from_end: bool = False

    def size(self, image: Image) -> tuple[int, int]:
        """Return the size of the image once it is upright."""
        return (image.height, image.width) if self.from_columns else image.size

    def rows(self, image: Image, top: int, bottom: int) -> Image:
        """Return rows of the image as they are once it is upright."""
        if self.from_end:
            height = self.size(image)[1]
            top, bottom = height - bottom, height - top
        box = (top, 0, bottom, image.height) if self.from_columns else (0, top, image.width, bottom)
        part = image.crop(box)
        return part if self.transpose is None else part.transpose(self.transpose)


def strips(image: Image, turn: Turn, convert: Callable[[Image], Image]) -> Iterator[Image]:
    """Yield the strips of an image from top to bottom, upright and converted."""
    height = turn.size(image)[1]
    for top in range(0, height, STRIP_ROWS):
        yield convert(turn.rows(image, top, min(top + STRIP_ROWS, height)))


class JpegWriter:
    """A baseline JPEG of a known height to which strips are added."""

    def __init__(self, height: int, quality: int) -> None:
        self._height, self._quality = height, quality
        self._file, self._is_begun = BytesIO(), False

    def add(self, strip: Image) -> None:
        """Add the next strip; all but the last one have `STRIP_ROWS` rows."""
        file = BytesIO()
        strip.info.clear()  # a comment or a profile would be written
        strip.save(file, "JPEG", quality=self._quality, restart_marker_rows=1)
        encoded = file.getvalue()
        scan = encoded.index(_SCAN)  # the tables before it, which Pillow writes, do not contain these bytes
        if self._is_begun:
            header = int.from_bytes(encoded[scan + 2 : scan + 4])
            self._file.write(_LAST_RESTART + encoded[scan + 2 + header : -len(_END)])
        else:
            size = encoded.index(_SIZE) + 5
            self._file.write(encoded[:size] + self._height.to_bytes(2) + encoded[size + 2 : -len(_END)])
        self._is_begun = True

    def finish(self) -> bytes:
        """Return the file."""
        self._file.write(_END)
        return self._file.getvalue()

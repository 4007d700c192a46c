"""Photos as phones send them, files that only look like photos, and where both end up."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from tests.builders.forms import Field, form
from tests.builders.world import Answer, Person

PNG_START = b"\x89PNG\r\n\x1a\n"
BUCKET = "baton-test-photos"
SECRET_PLACE = "52 deg 22 min"
"""A text that stands for where a photo was taken."""
PLACES = [Base.Make, Base.ImageDescription]


def picture(size: tuple[int, int] = (64, 48), colour: str = "red") -> Image.Image:
    """A picture whose upper left quarter has this colour and whose rest is white."""
    image = Image.new("RGB", size, "white")
    image.paste(colour, (0, 0, size[0] // 2, size[1] // 2))
    return image


def saved(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The picture as a file."""
    written = BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def photo(size: tuple[int, int] = (64, 48), kind: str = "JPEG", **options: Any) -> bytes:
    """A small photo as a file."""
    return saved(picture(size), kind, **options)


def located_exif(orientation: int = 1) -> Image.Exif:
    """What a phone writes about a photo: how it was held, with what and where it was taken."""
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    exif[Base.Make] = SECRET_PLACE
    exif.get_ifd(IFD.GPSInfo).update(
        {GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (52.0, 22.0, 12.0), GPS.GPSLongitudeRef: "E"}
    )
    return exif


def located_photo(orientation: int = 1) -> bytes:
    """A photo with all that in it, and a comment."""
    return photo(exif=located_exif(orientation).tobytes(), comment=SECRET_PLACE.encode())


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that says it is so large; its pixels, all alike, compress to nothing."""
    rows = zlib.compress(bytes(1000))
    return PNG_START + b"".join(
        chunk(kind, data)
        for kind, data in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            (b"IDAT", rows),
            (b"IEND", b""),
        )
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def opened(content: bytes) -> Image.Image:
    """A picture from a file, decoded."""
    image = Image.open(BytesIO(content))
    image.load()
    return image


def upload(
    person: Person,
    order_id: str,
    content: bytes | None = None,
    *,
    kind: str = "COMPLETION",
    device: str | None = None,
    extra: tuple[Field, ...] = (),
    **headers: str,
) -> Answer:
    """Send a photo (a small one, unless another is named) for a work order."""
    fields = [
        Field("file", photo() if content is None else content, "photo.jpg"),
        Field("workOrderId", order_id),
        Field("kind", kind),
        *([] if device is None else [Field("device", device)]),
        *extra,
    ]
    return send(person, *fields, **headers)


def send(person: Person, *fields: Field, **headers: str) -> Answer:
    """Send these fields to where photos are uploaded."""
    content_type, raw = form(*fields)
    sent = {"content_type": content_type, **headers}
    return person.world.call("POST", "/v1/uploads/photos", raw=raw, token=person.token, headers=sent)


def uploaded(person: Person, order_id: str, content: bytes | None = None, **known: Any) -> dict[str, Any]:
    """A photo that was added; as it was answered."""
    answer = upload(person, order_id, content, **known)
    assert answer.status == 201, answer
    view: dict[str, Any] = answer.json
    return view

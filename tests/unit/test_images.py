"""Verification and re-encoding of photos."""

import io
import struct
import zlib
from collections.abc import Iterator
from warnings import catch_warnings

import pytest
from PIL import Image

from chalicelib.media.images import (
    DAMAGED,
    MAX_EDGE,
    MAX_JPEG_PIXELS,
    MAX_PIXELS,
    MAX_SCANS,
    NOT_AN_IMAGE,
    THUMB_EDGE,
    TOO_LONG,
    TOO_MANY_SCANS,
    InvalidImage,
    reencode,
    too_many_pixels,
)
from tests.builders.photos import SECRET_PLACE, located_exif, located_photo, opened, photo, picture, png_claiming, saved

RED, WHITE = (254, 0, 0), (255, 255, 255)


def refusal(content: bytes) -> str:
    with pytest.raises(InvalidImage) as refused:
        reencode(content)
    return str(refused.value)


def near(found: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(found, tuple)
    return all(abs(one - other) < 12 for one, other in zip(found, wanted, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_photos_of_each_format_become_a_jpeg_with_a_thumbnail(kind: str) -> None:
    kept = reencode(photo((800, 400), kind))
    full, thumb = opened(kept.full), opened(kept.thumb)
    assert (full.format, full.size) == ("JPEG", (800, 400))
    assert (thumb.format, thumb.size) == ("JPEG", (THUMB_EDGE, THUMB_EDGE // 2))
    assert near(full.getpixel((10, 10)), RED)
    assert near(full.getpixel((790, 390)), WHITE)


def test_a_small_photo_is_not_enlarged() -> None:
    assert opened(reencode(photo((40, 30))).thumb).size == (40, 30)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_location_is_removed(kind: str) -> None:
    content = photo(kind=kind, exif=located_exif().tobytes())
    assert opened(content).getexif().get_ifd(34853)
    kept = reencode(content)
    for file in (kept.full, kept.thumb):
        assert dict(opened(file).getexif()) == {}
        assert b"Exif" not in file
        assert SECRET_PLACE.encode() not in file


def test_comments_and_profiles_are_removed() -> None:
    content = photo(comment=b"my comment", icc_profile=b"a profile of mine" * 20, dpi=(72, 72))
    assert b"my comment" in content
    kept = reencode(content)
    assert b"my comment" not in kept.full + kept.thumb
    assert b"a profile of mine" not in kept.full + kept.thumb


def test_texts_of_a_png_are_removed() -> None:
    from PIL.PngImagePlugin import PngInfo

    texts = PngInfo()
    texts.add_text("Location", SECRET_PLACE)
    assert SECRET_PLACE.encode() not in reencode(photo(kind="PNG", pnginfo=texts)).full


# The red quarter is where the camera saw it: upper left, whichever way the sensor was held.
@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_of_every_orientation_are_turned_upright(orientation: int) -> None:
    undone = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    seen = picture((96, 64))
    held = seen if undone is None else seen.transpose(undone)
    kept = reencode(saved(held, exif=located_exif(orientation).tobytes()))
    for file in (kept.full, kept.thumb):
        upright = opened(file)
        assert upright.size == (96, 64)
        assert near(upright.getpixel((8, 8)), RED)
        assert near(upright.getpixel((88, 56)), WHITE)


def test_transparency_becomes_white() -> None:
    glass = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    assert opened(reencode(saved(glass, "PNG")).full).getpixel((10, 10)) == WHITE
    named = Image.new("P", (20, 20), 0)
    named.putpalette([255, 0, 0])
    assert opened(reencode(saved(named, "PNG", transparency=0)).full).getpixel((10, 10)) == WHITE


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "CMYK", "YCbCr", "I;16"])
def test_images_of_other_colour_modes_are_accepted(mode: str) -> None:
    kind = "JPEG" if mode in ("CMYK", "YCbCr") else "PNG"
    grey = Image.new("I;16", (30, 20), 0x8080) if mode == "I;16" else Image.new("RGB", (30, 20), "white").convert(mode)
    full = opened(reencode(saved(grey, kind)).full)
    assert (full.mode, full.size) == ("RGB", (30, 20))
    assert near(full.getpixel((5, 5)), (128, 128, 128) if mode == "I;16" else WHITE)


def test_the_first_frame_of_an_animation_is_stored() -> None:
    frames = [Image.new("RGB", (30, 30), colour) for colour in ("red", "blue")]
    for kind in ("WEBP", "PNG"):
        moving = saved(frames[0], kind, save_all=True, append_images=frames[1:])
        assert near(opened(reencode(moving).full).getpixel((5, 5)), RED)


def bombs() -> Iterator[bytes]:
    yield png_claiming(100_000, 100_000)
    yield png_claiming(MAX_PIXELS // 1000 + 1, 1000)
    yield png_claiming(2**31 - 1, 2**31 - 1)
    webp = bytearray(saved(Image.new("RGBA", (9, 9)), "WEBP", lossless=True))
    webp[21:25] = struct.pack("<I", 16382 | 16382 << 14)  # the width and the height, less one
    yield bytes(webp)
    jpeg = bytearray(photo())
    start = jpeg.index(b"\xff\xc0")
    jpeg[start + 5 : start + 9] = struct.pack(">HH", 65_000, 65_000)
    yield bytes(jpeg)


@pytest.mark.parametrize("number", range(5))
def test_a_decompression_bomb_is_refused_by_its_header(number: int) -> None:
    bomb = list(bombs())[number]
    assert len(bomb) < 10_000
    is_jpeg = bomb.startswith(b"\xff\xd8")
    assert refusal(bomb) == too_many_pixels(MAX_JPEG_PIXELS if is_jpeg else MAX_PIXELS)


@pytest.mark.parametrize("size", [(MAX_EDGE + 1, 8), (8, MAX_EDGE + 1)])
def test_an_image_longer_than_a_jpeg_can_be_is_refused(size: tuple[int, int]) -> None:
    assert refusal(saved(Image.new("1", size), "PNG")) == TOO_LONG


def test_a_jpeg_with_too_many_scans_is_refused_before_decoding() -> None:
    whole = photo((600, 400), progressive=True)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    repeats = MAX_SCANS - whole.count(b"\xff\xda")
    assert reencode(whole[:-2] + last * repeats + whole[-2:]).full
    for hidden in (b"", b"\xff\x01\xff\x01", b"\xff" * 1000, bytes(5)):
        assert refusal(whole[:-2] + hidden + last * (repeats + 1) + whole[-2:]) == TOO_MANY_SCANS
    assert reencode(whole + last * 100).full  # a film behind the picture, as some phones put it there


def test_a_text_chunk_that_unpacks_to_gigabytes_is_not_unpacked() -> None:
    text = zlib.compress(bytes(80_000_000), 9)
    chunk = b"zTXt" + b"Comment\0\0" + text
    plain = photo(kind="PNG")
    end = plain.rindex(b"IDAT") - 4
    packed = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    assert reencode(plain[:end] + packed + plain[end:]) == reencode(plain)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_file_is_damaged(kind: str) -> None:
    noise = Image.effect_noise((200, 200), 90).convert("RGB")
    whole = saved(noise, kind)
    for part in (0.9, 0.5, 0.2):
        assert refusal(whole[: int(len(whole) * part)]) in (NOT_AN_IMAGE, DAMAGED), part


def test_files_of_other_formats_are_refused() -> None:
    icon = io.BytesIO()
    Image.new("RGB", (16, 16)).save(icon, "ICO")
    others = {
        "nothing": b"",
        "text": b"hello",
        "zeros": bytes(1000),
        "a page": b"<!DOCTYPE html><script>alert(1)</script>",
        "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "a document": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
        "a program for printers": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        "an archive": b"PK\x03\x04" + bytes(100),
        "a GIF": photo(kind="GIF"),
        "a TIFF": photo(kind="TIFF"),
        "a BMP": photo(kind="BMP"),
        "an icon": icon.getvalue(),
        "the beginning of a JPEG": b"\xff\xd8\xff\xe0",
        "the beginning of a PNG": b"\x89PNG\r\n\x1a\n",
        "the beginning of a WebP": b"RIFF\x10\x00\x00\x00WEBPVP8 ",
    }
    for name, content in others.items():
        assert refusal(content) == NOT_AN_IMAGE, name


def test_data_behind_or_inside_an_image_is_removed() -> None:
    archive = b"PK\x03\x04 a whole archive " * 20
    script = b"<script>alert(1)</script>"
    for content in (photo() + archive, photo(comment=script) + script, photo(kind="PNG") + archive):
        kept = reencode(content)
        assert b"archive" not in kept.full + kept.thumb
        assert b"script" not in kept.full + kept.thumb


def test_malformed_exif_data_does_not_matter() -> None:
    content = located_photo(6)
    start = content.index(b"Exif")
    for offset in range(6, 130, 3):
        for change in (0xFF, 0x10, 0x01):
            broken = bytearray(content)
            broken[start + offset] ^= change
            with catch_warnings(action="ignore"):
                assert reencode(bytes(broken)).full

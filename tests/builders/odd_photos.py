"""Photos as odd programs write them, each with what it should become: colours, size, or a refusal."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from chalicelib.media.images import DAMAGED, MAX_JPEG_PIXELS, MAX_PIXELS, NOT_AN_IMAGE, too_many_pixels
from chalicelib.media.strips import STRIP_ROWS, JpegWriter
from tests.builders.photos import PNG_START, chunk, located_exif, photo, picture, png_claiming, saved
from tests.builders.profiles import (
    ADOBE,
    P3,
    grey_colour,
    grey_profile,
    ink_colour,
    ink_profile,
    rgb_profile,
    screen_colour,
)

Colour = tuple[int, ...]
WHITE, RED, SIZE = (255, 255, 255), (254, 0, 0), (64, 48)
BRICK = (200, 60, 30)
P3_PROFILE, GREY_PROFILE = rgb_profile(P3), grey_profile(1.8)
NOISE = bytes(range(256)) * 4096  # a megabyte


class OddPhoto(NamedTuple):
    """A file, and what is stored of it: the colour of its upper left quarter (the rest is white), and its size."""

    name: str
    content: Callable[[], bytes]
    colour: Colour = RED
    size: tuple[int, int] = SIZE
    refusal: Sequence[str] = ()


def drawn(mode: str, colour: Any, white: Any = None) -> Image.Image:
    """A picture in any mode whose upper left quarter has a colour and whose rest is white."""
    image = Image.new(mode, SIZE, WHITE if white is None else white)
    image.paste(colour, (0, 0, SIZE[0] // 2, SIZE[1] // 2))
    return image


def inserted(png: bytes, *chunks: tuple[bytes, bytes], before: bytes = b"IDAT") -> bytes:
    """A PNG with more chunks in front of one of its own."""
    place = png.index(before) - 4
    return png[:place] + b"".join(chunk(kind, data) for kind, data in chunks) + png[place:]


def segments(jpeg: bytes, *contents: tuple[int, bytes]) -> bytes:
    """A JPEG with more segments at its start."""
    added = b"".join(bytes((0xFF, kind)) + struct.pack(">H", len(data) + 2) + data for kind, data in contents)
    return jpeg[:2] + added + jpeg[2:]


def png16(colour: Colour, *, kind: int, extra: Sequence[tuple[bytes, bytes]] = ()) -> bytes:
    """A PNG of 16 bits for each colour; `kind` is 0 for grey and 2 for red, green and blue."""
    inside, outside = (struct.pack(f">{len(values)}H", *values) for values in (colour, (65_535,) * len(colour)))
    width, height = SIZE
    rows = [
        b"\0" + (inside * (width // 2) if row < height // 2 else outside * (width // 2)) + outside * (width // 2)
        for row in range(height)
    ]
    header = struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, 0)
    chunks = [(b"IHDR", header), *extra, (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b"")]
    return PNG_START + b"".join(chunk(name, data) for name, data in chunks)


def large_jpeg(width: int, height: int, strip: Image.Image) -> bytes:
    """A large JPEG of one strip, again and again."""
    writer = JpegWriter(height, 80)
    for top in range(0, height, STRIP_ROWS):
        writer.add(strip.crop((0, 0, width, min(STRIP_ROWS, height - top))))
    return writer.finish()


def red_jpeg(width: int, height: int) -> bytes:
    """A large red picture."""
    return large_jpeg(width, height, Image.new("RGB", (width, STRIP_ROWS), RED))


def phone_jpeg(width: int, height: int) -> bytes:
    """A large photo as phones write it: held upright, with a profile."""
    noise = Image.effect_noise((width, STRIP_ROWS), 20).convert("RGB")
    small = saved(Image.new("RGB", (1, 1)), exif=located_exif(6).tobytes(), icc_profile=P3_PROFILE)
    tables = b"\xff\xdb"
    whole = large_jpeg(width, height, noise)
    return small[: small.index(tables)] + whole[whole.index(tables) :]


def transparent_png(width: int, height: int) -> bytes:
    """A large picture in one half transparent colour."""
    return saved(Image.new("RGBA", (width, height), (200, 60, 30, 128)), "PNG", compress_level=1)


def in_colour(mode: str, colour: Any, kind: str, profile: bytes, **options: Any) -> Callable[[], bytes]:
    """A picture with a profile."""
    white = {"CMYK": (0, 0, 0, 0), "L": 255, "LA": (255, 255), "RGBA": (*WHITE, 255)}.get(mode)
    return lambda: saved(drawn(mode, colour, white), kind, icc_profile=profile, **options)


def with_profiles() -> Iterator[OddPhoto]:
    """Photos with profiles, those that cannot be used included."""
    p3, adobe = screen_colour(BRICK, P3), screen_colour(BRICK, ADOBE, 2.2)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    halved = tuple(round((value + 255) / 2) for value in p3)
    yield OddPhoto("Display P3 in a JPEG", in_colour("RGB", BRICK, "JPEG", P3_PROFILE, quality=95), p3)
    yield OddPhoto("Display P3 in a PNG", in_colour("RGB", BRICK, "PNG", P3_PROFILE), p3)
    yield OddPhoto("Display P3 in a WebP", in_colour("RGB", BRICK, "WEBP", P3_PROFILE, lossless=True), p3)
    upside_down: dict[str, Any] = {"exif": located_exif(3).tobytes(), "quality": 95}
    turned = saved(drawn("RGB", BRICK).transpose(Image.Transpose.ROTATE_180), icc_profile=P3_PROFILE, **upside_down)
    yield OddPhoto("Display P3, upside down", lambda: turned, p3)
    yield OddPhoto("Display P3, half transparent", in_colour("RGBA", (*BRICK, 128), "PNG", P3_PROFILE), halved)
    few = drawn("RGB", BRICK).quantize(4)
    yield OddPhoto("Display P3 with a palette", lambda: saved(few, "PNG", icc_profile=P3_PROFILE), p3)
    wide = rgb_profile(ADOBE, 2.2)
    yield OddPhoto("a wide gamut", in_colour("RGB", BRICK, "JPEG", wide, quality=95, progressive=True), adobe)
    yield OddPhoto("sRGB", in_colour("RGB", BRICK, "JPEG", srgb, quality=95), BRICK)
    yield OddPhoto("greys with their profile", in_colour("L", 120, "JPEG", GREY_PROFILE), grey_colour(120, 1.8))
    yield OddPhoto("greys, opaque", in_colour("LA", (120, 255), "PNG", GREY_PROFILE), grey_colour(120, 1.8))


def with_other_profiles() -> Iterator[OddPhoto]:
    """Photos of inks, and photos whose profile cannot be used."""
    yield OddPhoto("greys with a profile of colours", in_colour("L", 120, "JPEG", P3_PROFILE), (120, 120, 120))
    yield OddPhoto("colours with a profile of greys", in_colour("RGB", BRICK, "PNG", GREY_PROFILE), BRICK)
    yield OddPhoto(
        "inks with their profile", in_colour("CMYK", (0, 255, 255, 0), "JPEG", ink_profile()), ink_colour(0, 1, 1, 0)
    )
    yield OddPhoto("inks without a profile", in_colour("CMYK", (0, 255, 255, 0), "JPEG", b""), (255, 0, 0))
    yield OddPhoto(
        "inks with a profile of colours", in_colour("CMYK", (0, 255, 255, 0), "JPEG", P3_PROFILE), (255, 0, 0)
    )
    yield OddPhoto("colours with a profile of inks", in_colour("RGB", BRICK, "PNG", ink_profile()), BRICK)
    yield OddPhoto("a malformed profile", in_colour("RGB", BRICK, "PNG", b"a profile of mine" * 20), BRICK)
    yield OddPhoto("half of a profile", in_colour("RGB", BRICK, "PNG", P3_PROFILE[:300]), BRICK)
    bomb = b"sRGB\0\0" + zlib.compress(bytes(80_000_000), 9)
    yield OddPhoto("a profile that unpacks to gigabytes", lambda: inserted(photo(kind="PNG"), (b"iCCP", bomb)))
    yield OddPhoto(
        "a profile that is not packed", lambda: inserted(photo(kind="PNG"), (b"iCCP", b"name\0\0" + P3_PROFILE))
    )


def with_depths() -> Iterator[OddPhoto]:
    """Photos of 16 bits and of one."""
    yield OddPhoto("16 bits, colours", lambda: png16((0xC8C8, 0x3C3C, 0x1E1E), kind=2), BRICK)
    yield OddPhoto("16 bits, greys", lambda: png16((0x7878,), kind=0), (120, 120, 120))
    profile = (b"iCCP", b"grey\0\0" + zlib.compress(GREY_PROFILE))
    grey = grey_colour(120, 1.8)
    yield OddPhoto("16 bits, greys with a profile", lambda: png16((0x7878,), kind=0, extra=[profile]), grey)
    clear = (b"tRNS", struct.pack(">H", 0x1234))
    yield OddPhoto("16 bits, one grey transparent", lambda: png16((0x7878,), kind=0, extra=[clear]), (120, 120, 120))
    clear_colour = (b"tRNS", struct.pack(">HHH", 1, 2, 3))
    yield OddPhoto(
        "16 bits, one colour transparent", lambda: png16((0xC8C8, 0x3C3C, 0x1E1E), kind=2, extra=[clear_colour]), BRICK
    )
    yield OddPhoto("one bit", lambda: saved(drawn("1", 0, 1), "PNG"), (0, 0, 0))


def with_frames() -> Iterator[OddPhoto]:
    """Files with several images, of which the first is stored."""
    more = {"save_all": True, "append_images": [picture(SIZE, "blue"), picture(SIZE, "green")]}
    several = saved(picture(), "MPO", **more)
    yield OddPhoto("several images in a JPEG", lambda: several)
    yield OddPhoto(
        "several images, the index malformed",
        lambda: several.replace(b"MPF\0MM", b"MPF\0XX").replace(b"MPF\0II", b"MPF\0XX"),
    )
    yield OddPhoto("an animated PNG", lambda: saved(picture(), "PNG", **more))
    yield OddPhoto("an animated WebP", lambda: saved(picture(), "WEBP", lossless=True, **more))
    broken = saved(picture(), "PNG", **more)
    yield OddPhoto("an animation cut off behind its first frame", lambda: broken[: broken.index(b"fdAT") + 20])


def with_ends() -> Iterator[OddPhoto]:
    """Files that are cut off: without their end marker they are whole, without more they are damaged."""
    noise = Image.effect_noise(SIZE, 80).convert("RGB")
    ways: dict[str, dict[str, Any]] = {"": {}, ", progressive": {"progressive": True}}
    ways[", with restarts"] = {"restart_marker_rows": 1}
    for way, options in ways.items():
        whole, noisy = saved(picture(), quality=95, **options), saved(noise, quality=95, **options)
        yield OddPhoto(f"a JPEG without its end{way}", partial(bytes, whole[:-2]))
        yield OddPhoto(f"a JPEG with half of its end{way}", partial(bytes, whole[:-1]))
        yield OddPhoto(f"a JPEG without its last pixels{way}", partial(bytes, noisy[:-12]), refusal=[DAMAGED])
        yield OddPhoto(f"half of a JPEG{way}", partial(bytes, noisy[: len(noisy) * 2 // 3]), refusal=[DAMAGED])
    png, webp = photo(kind="PNG"), saved(noise, "WEBP", lossless=True)
    yield OddPhoto("a PNG without its end", lambda: png[:-12])
    yield OddPhoto("a PNG with half of its end", lambda: png[:-5])
    yield OddPhoto("a PNG without its last pixels", lambda: png[:-20], refusal=[DAMAGED])
    split = PNG_START + b"".join(chunk(kind, data) for kind, data in _split(saved(noise, "PNG")))
    yield OddPhoto("a PNG without its last chunk of pixels", lambda: split, refusal=[DAMAGED])
    yield OddPhoto("a WebP without its last pixels", lambda: webp[:-20], refusal=[DAMAGED, NOT_AN_IMAGE])


def _split(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The header, and half of the pixels."""
    start = png.index(b"IDAT")
    length = int.from_bytes(png[start - 4 : start])
    yield b"IHDR", png[16:29]
    yield b"IDAT", png[start + 4 : start + 4 + length // 2]


def with_ancillary_data() -> Iterator[OddPhoto]:
    """Photos with data that the pixels do not depend on."""
    png, jpeg = photo(kind="PNG"), saved(picture(), quality=95)
    texts = PngInfo()
    texts.add_text("Comment", "x" * 3_000_000)
    yield OddPhoto("3 MB of text", lambda: saved(picture(), "PNG", pnginfo=texts))
    packed = b"Comment\0\0" + zlib.compress(NOISE * 3)
    yield OddPhoto("3 MB of packed text", lambda: inserted(png, (b"zTXt", packed)))
    yield OddPhoto("3 MB of unknown chunks", lambda: inserted(png, *[(b"prVt", NOISE)] * 3))
    yield OddPhoto("3 MB behind the pixels", lambda: inserted(png, *[(b"prVt", NOISE)] * 3, before=b"IEND"))
    odd = [
        (b"pHYs", b"x"),
        (b"gAMA", b""),
        (b"cHRM", b"xx"),
        (b"eXIf", b"Exif"),
        (b"tEXt", b""),
        (b"iTXt", b"x"),
        (b"sRGB", b""),
    ]
    yield OddPhoto("malformed chunks", lambda: inserted(png, *odd))
    wrong = inserted(png, (b"tEXt", b"a\0b")).replace(b"tEXta\0b", b"tEXta\0c")
    yield OddPhoto("a chunk with a wrong checksum", lambda: wrong)
    many = [(0xFE, NOISE[:65_000])] * 24 + [(0xE5, NOISE[:65_000])] * 24
    yield OddPhoto("3 MB of segments", lambda: segments(jpeg, *many))
    app = [
        (0xE0, b"JF"),
        (0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff"),
        (0xE2, b"ICC_PROFILE\0\2"),
        (0xE2, b"MPF\0MM"),
        (0xED, b"Photoshop 3.0\08BIM"),
        (0xEE, b"Ado"),
    ]
    yield OddPhoto("malformed segments", lambda: segments(jpeg, *app))
    yield OddPhoto("3 MB of XMP in a WebP", lambda: saved(picture(), "WEBP", lossless=True, xmp=NOISE * 3))
    yield OddPhoto(
        "malformed EXIF data in a WebP", lambda: saved(picture(), "WEBP", lossless=True, exif=b"Exif\0\0MM\0*\xff")
    )


def with_sizes() -> Iterator[OddPhoto]:
    """Large photos. Those above 40 million pixels are reduced as they are decoded."""
    yield OddPhoto("50 million pixels", lambda: red_jpeg(8000, 6250), size=(4000, 3125))
    yield OddPhoto("100 million pixels", lambda: red_jpeg(10_000, 10_000), size=(5000, 5000))
    yield OddPhoto("40 million pixels", lambda: red_jpeg(8000, 5000), size=(8000, 5000))
    large = saved(picture())
    start = large.index(b"\xff\xc0") + 5
    claimed = large[:start] + struct.pack(">HH", 10_000, 10_001) + large[start + 4 :]
    yield OddPhoto("more than 100 million pixels", lambda: claimed, refusal=[too_many_pixels(MAX_JPEG_PIXELS)])
    yield OddPhoto("a PNG of more than 40", lambda: png_claiming(8000, 5001), refusal=[too_many_pixels(MAX_PIXELS)])


_GROUPS = (
    with_profiles,
    with_other_profiles,
    with_depths,
    with_frames,
    with_ends,
    with_ancillary_data,
    with_sizes,
)
ODD_PHOTOS: Sequence[OddPhoto] = [odd for group in _GROUPS for odd in group()]

"""Photos that odd programs wrote: which are stored, in which colours and size, and which are refused."""

from collections.abc import Callable, Sequence
from warnings import catch_warnings

import pytest
from PIL import Image

from chalicelib.media.images import InvalidImage, reencode
from chalicelib.media.strips import STRIP_ROWS, JpegWriter, Turn, strips
from tests.builders.odd_photos import ODD_PHOTOS, P3_PROFILE, WHITE, OddPhoto, phone_jpeg, transparent_png
from tests.builders.photo_costs import FREE_MB, HAS_PEAK, measure
from tests.builders.photos import opened, saved
from tests.builders.profiles import P3, screen_colour

TOLERANCE = 9
"""What encoding a JPEG may change of a colour."""


def is_near(found: object, wanted: Sequence[int]) -> bool:
    assert isinstance(found, tuple)
    return all(abs(one - other) <= TOLERANCE for one, other in zip(found, wanted, strict=True))


@pytest.mark.parametrize("odd", ODD_PHOTOS, ids=lambda odd: odd.name)
def test_an_odd_photo_is_stored_in_its_colours_or_refused(odd: OddPhoto) -> None:
    if odd.refusal:
        with pytest.raises(InvalidImage) as refused:
            reencode(odd.content())
        assert str(refused.value) in odd.refusal
        return
    with catch_warnings(action="ignore"):  # of malformed EXIF data
        stored = reencode(odd.content())
    for file in (stored.full, stored.thumb):
        image = opened(file)
        width, height = image.size
        assert (image.format, image.mode, set(image.info) & {"icc_profile", "exif", "comment"}) == (
            "JPEG",
            "RGB",
            set(),
        )
        assert is_near(image.getpixel((width // 8, height // 8)), odd.colour), image.getpixel((width // 8, height // 8))
        if odd.size[0] < 1000:
            assert is_near(image.getpixel((width * 7 // 8, height * 7 // 8)), WHITE)
    assert opened(stored.full).size == odd.size
    assert max(opened(stored.thumb).size) <= 320


def test_there_are_at_least_forty_odd_photos() -> None:
    assert len({odd.name for odd in ODD_PHOTOS}) == len(ODD_PHOTOS) >= 40


def test_all_colours_of_a_phone_are_converted() -> None:
    steps = range(0, 256, 51)
    colours = [(red, green, blue) for red in steps for green in steps for blue in steps]
    image = Image.new("RGB", (16 * len(colours), 16))
    for number, colour in enumerate(colours):
        image.paste(colour, (16 * number, 0, 16 * (number + 1), 16))
    full = opened(reencode(saved(image, "PNG", icc_profile=P3_PROFILE)).full)
    errors, unconverted = [], []
    for number, colour in enumerate(colours):
        found, wanted = full.getpixel((16 * number + 8, 8)), screen_colour(colour, P3)
        assert isinstance(found, tuple)
        errors += [abs(one - other) for one, other in zip(found, wanted, strict=True)]
        unconverted += [abs(one - other) for one, other in zip(colour, wanted, strict=True)]
    assert sum(errors) / len(errors) < 1.5
    assert sum(unconverted) / len(unconverted) > 8


@pytest.mark.parametrize("size", [(7, 5), (300, 128), (129, 300), (50, 1000)])
def test_strips_make_the_same_file_as_the_whole_image(size: tuple[int, int]) -> None:
    image = Image.effect_noise(size, 90).convert("RGB")
    for transpose in (None, *Image.Transpose):
        upright = image if transpose is None else image.transpose(transpose)
        writer = JpegWriter(upright.height, 88)
        for strip in strips(image, _turn(transpose), lambda part: part):
            assert strip.height <= STRIP_ROWS
            writer.add(strip)
        assert writer.finish() == saved(upright, quality=88, restart_marker_rows=1)


def _turn(transpose: Image.Transpose | None) -> Turn:
    way = Image.Transpose
    sideways = transpose in (way.TRANSPOSE, way.ROTATE_270, way.TRANSVERSE, way.ROTATE_90)
    from_end = transpose in (way.ROTATE_180, way.FLIP_TOP_BOTTOM, way.TRANSVERSE, way.ROTATE_90)
    return Turn(transpose, sideways, from_end)


@pytest.mark.skipif(not HAS_PEAK, reason="the system does not tell how much memory a program has used")
@pytest.mark.parametrize(
    ("make", "size"), [(phone_jpeg, (12_500, 8000)), (phone_jpeg, (8000, 5000)), (transparent_png, (8000, 5000))]
)
def test_the_largest_photos_take_at_most_200_megabytes(
    make: Callable[[int, int], bytes], size: tuple[int, int]
) -> None:
    costs = measure(make(*size))
    assert costs.stored_bytes > 0
    assert costs.megabytes <= 200


@pytest.mark.skipif(not HAS_PEAK, reason="the system does not tell how much memory a program has used")
def test_the_format_whose_decoder_takes_most_memory_fits_into_the_function() -> None:
    """The decoder of WebP keeps four copies of the image, whatever it shows."""
    costs = measure(saved(Image.new("RGB", (8000, 5000), "white"), "WEBP", method=0))
    assert costs.megabytes <= FREE_MB

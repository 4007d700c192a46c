"""The largest photos: the time of the processor and the memory that storing one takes, each in a new process."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from tests.benchmarks.report import Report, mark, typical
from tests.builders.odd_photos import P3_PROFILE, phone_jpeg, transparent_png
from tests.builders.photo_costs import FREE_MB, measure
from tests.builders.photos import located_exif, saved

MAX_SECONDS, MAX_MEGABYTES = 2.0, 200.0
HEADER = ("photo", "MB sent", "s", "MB of memory", "")


def _noise(width: int, height: int) -> Image.Image:
    grey = Image.effect_noise((width // 8, height // 8), 60).resize((width, height))
    return Image.merge("RGB", (grey, grey.transpose(Image.Transpose.ROTATE_180), grey))


def _usual() -> bytes:
    return saved(_noise(4032, 3024), quality=85, exif=located_exif(6).tobytes(), icc_profile=P3_PROFILE)


def _progressive() -> bytes:
    return saved(_noise(8000, 5000), quality=80, progressive=True)


def _largest_progressive() -> bytes:
    return saved(_noise(12_500, 8000), quality=40, progressive=True, subsampling=0)


def _webp() -> bytes:
    return saved(_noise(8000, 5000), "WEBP", quality=60, method=0)


def _detailed_png() -> bytes:
    grey = Image.effect_noise((333, 208), 60).resize((8000, 5000))
    return saved(Image.merge("RGB", (grey, grey, grey)), "PNG", icc_profile=P3_PROFILE)


BUDGETED: dict[str, Callable[[], bytes]] = {
    "JPEG, 12 megapixels, turned, Display P3": _usual,
    "JPEG, 40 megapixels, turned, Display P3": lambda: phone_jpeg(8000, 5000),
    "JPEG, 100 megapixels, turned, Display P3": lambda: phone_jpeg(12_500, 8000),
    "PNG, 40 megapixels, transparent": lambda: transparent_png(8000, 5000),
    "PNG, 40 megapixels, detailed, Display P3": _detailed_png,
}
OTHERS: dict[str, Callable[[], bytes]] = {
    "JPEG, 40 megapixels, progressive": _progressive,
    "JPEG, 100 megapixels, progressive, full colour": _largest_progressive,
    "WebP, 40 megapixels": _webp,
}
"""Their decoders keep more than one copy of the image, which no caller can change. The function has room for them."""


def run(report: Report, *, rounds: int) -> None:
    """Measure each kind of photo and print its costs."""
    report.title(
        "Photos",
        f"Budget: {MAX_SECONDS:.0f} s, and {MAX_MEGABYTES:.0f} MB above what the process had before. Lower quartiles",
        f"of {rounds} rounds, each in a new process. Times are processor times. The last three may take {FREE_MB:.0f}",
        "MB, which is what the function has beside its program and the file.",
    )
    rows = []
    for name, make in (BUDGETED | OTHERS).items():
        content = make()
        costs = [measure(content) for _ in range(rounds)]
        seconds, megabytes = typical([one.seconds for one in costs]), typical([one.megabytes for one in costs])
        hit = megabytes <= FREE_MB if name in OTHERS else seconds <= MAX_SECONDS and megabytes <= MAX_MEGABYTES
        report.judge(f"photo: {name}", hit=hit, figure=f"{seconds:.2f} s, {megabytes:.0f} MB")
        rows.append((name, f"{len(content) / 1e6:.1f}", f"{seconds:.2f}", f"{megabytes:.0f}", mark(hit=hit)))
    report.table(HEADER, rows)

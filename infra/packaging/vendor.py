"""Installs the libraries of the package as wheels for the target, without unused parts.

The removed parts are listed here. botocore contains descriptions of four hundred services, of which Baton calls seven;
Pillow contains formats that photos and labels do not use. If the code calls a service that is not listed here, the
build fails (`check.py`), not the first request.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from infra.packaging.target import Target

SERVICES = frozenset({"apigatewaymanagementapi", "dynamodb", "lambda", "s3", "secretsmanager", "sesv2", "sns"})
"""The services that Baton calls, by botocore's names."""

_BOTOCORE_DATA = frozenset({"_retry.json", "endpoints.json", "partitions.json", "sdk-default-configuration.json"})
# Descriptions that only code completion and newer SDK features read.
_NEVER_READ = (
    "examples-1.json",
    "examples-1.json.gz",
    "completions-1.json",
    "completions-1.json.gz",
    "waiters-2.json.gz",
)
# Authors and licences of the libraries are kept.
_INSTALLER_FILES = ("RECORD", "INSTALLER", "REQUESTED", "WHEEL", "direct_url.json", "top_level.txt", "entry_points.txt")
# AVIF and the window system: photos are JPEG, PNG or WebP, and labels have drawn lines of text.
_PILLOW_PARTS = ("_avif", "_imagingtk", "_imagingmath", "_imagingmorph")
_PILLOW_LIBRARIES = ("libavif",)
# Formats that no photo has, and the window systems. Pillow passes over formats whose modules are missing.
_PILLOW_FORMATS = (
    *("Avif", "Blp", "Bmp", "BufrStub", "Cur", "Dcx", "Dds", "Eps", "Fits", "Fli", "Fpx", "Ftex", "Gbr", "Gif"),
    *("GribStub", "Hdf5Stub", "Icns", "Ico", "Im", "Imt", "Iptc", "Jpeg2K", "McIdas", "Mic", "Mpeg", "Msp", "Palm"),
    *("Pcd", "Pcx", "Pdf", "Pixar", "Ppm", "Psd", "Qoi", "Sgi", "Spider", "Sun", "Tga", "Wmf", "XVThumb", "Xbm", "Xpm"),
)
_PILLOW_MODULES = (
    *("BdfFontFile", "ContainerIO", "FontFile", "GdImageFile", "ImageGrab", "ImageQt", "ImageShow", "ImageTk"),
    *("ImageWin", "PSDraw", "PcfFontFile", "PdfParser", "TarIO", "WalImageFile"),
    *(f"{name}ImagePlugin" for name in _PILLOW_FORMATS),
)
# Open Sans in other styles than that of packing slips and labels.
_FONT_STYLES = ("Bold", "BoldItalic", "ExtraBold", "ExtraBoldItalic", "Italic", "Light", "LightItalic", "SemiBold")
# The router of Powertools; dateutil's time zones, which Python has; cffi, which is needed only to build libraries; the
# command of segno, and its contents of codes that are no addresses; urllib3 in browsers.
_UNUSED_PARTS = (
    "aws_lambda_powertools/event_handler",
    "cffi",
    "dateutil/zoneinfo/dateutil-zoneinfo.tar.gz",
    "pycparser",
    "segno/cli.py",
    "segno/helpers.py",
    "urllib3/contrib/emscripten",
    *(f"PIL/{name}.py" for name in _PILLOW_MODULES),
    *(f"ttf_opensans/ttf/OpenSans-{style}.ttf" for style in (*_FONT_STYLES, "SemiBoldItalic")),
)
_POWERTOOLS_UTILITIES = frozenset({"__init__.py", "jmespath_utils", "typing"})
_GLOBS = (
    "**/__pycache__",
    "**/tests",
    "**/test",
    "**/*.pyi",
    "**/py.typed",
    "**/*.pyx",
    "**/*.pxd",
    "**/*.c",
    "**/*.h",
    "bin",
)


def install(requirements: Path, folder: Path, target: Target) -> None:
    """Install the pinned distributions of a requirements file for the target, from wheels only.

    Raise `subprocess.CalledProcessError` if there is no wheel for the target.
    """
    platforms = [argument for platform in target.platforms for argument in ("--platform", platform)]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    command += [
        "--require-hashes",
        "--no-deps",
        "--only-binary=:all:",
        "--implementation",
        "cp",
        "--python-version",
        f"3.{target.minor}",
    ]
    subprocess.run([*command, *platforms, "--target", str(folder), "-r", str(requirements)], check=True)


def trim(folder: Path) -> None:
    """Remove unused parts."""
    for path in sorted(_unused(folder)):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _unused(folder: Path) -> Iterator[Path]:
    for pattern in _GLOBS:
        yield from folder.glob(pattern)
    for info in folder.glob("*.dist-info"):
        yield from (info / name for name in _INSTALLER_FILES)
    yield from (folder / part for part in _UNUSED_PARTS)
    yield from _beside(folder / "aws_lambda_powertools" / "utilities", _POWERTOOLS_UTILITIES)
    data = folder / "botocore" / "data"
    yield from _beside(data, SERVICES | _BOTOCORE_DATA)
    yield from (path for name in _NEVER_READ for path in data.rglob(name))
    for part in _PILLOW_PARTS:
        yield from (folder / "PIL").glob(f"{part}.*.so")
    for library in _PILLOW_LIBRARIES:
        yield from (folder / "pillow.libs").glob(f"{library}*")


def _beside(folder: Path, kept: frozenset[str]) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.name not in kept)

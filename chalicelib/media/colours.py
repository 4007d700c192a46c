"""Conversion of an image's pixels to sRGB: by its embedded ICC profile, from CMYK, from 16 bits, onto white.

A profile that cannot be read, or that describes other colours than those of the image, is ignored. Pillow, with Little
CMS in it, is imported inside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from io import BytesIO
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageCms import ImageCmsTransform

_MODES: Mapping[str, str] = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
"""The mode of the pixels that a profile of a colour space describes."""
_GREY_MODES = frozenset({"1", "L", "LA", "I;16", "I;16B", "I"})


_LEVELS = bytes(range(0, 256, 51))


def to_srgb(image: Image, icc_profile: bytes | None) -> Callable[[Image], Image]:
    """Return a function that converts parts of an image, cut from it, to RGB in sRGB without transparency."""
    mode = None if not icc_profile else _described_mode(icc_profile, image.mode)
    transform = None if not icc_profile or mode is None else _transform(icc_profile, mode)
    return partial(_convert, mode, transform)


def _convert(mode: str | None, transform: ImageCmsTransform | None, part: Image) -> Image:
    from PIL import Image as Images
    from PIL import ImageCms

    if part.mode.startswith("I"):  # scaled from 16 bits to 8; `convert` would clip instead
        part.info.clear()  # a transparent grey of 16 bits is not one of 8
        part = part.point(lambda value: value / 256, "L")
    alpha = None
    if part.has_transparency_data:
        part = part if part.mode == "RGBA" else part.convert("RGBA")
        alpha = part.getchannel("A")
    described = "RGB" if mode is None or transform is None else mode
    rgb = part if part.mode == described else part.convert(described)
    if transform is not None:  # a part is a copy, so it is changed in place where the mode stays
        rgb = ImageCms.applyTransform(rgb, transform, inPlace=described == "RGB") or rgb
    if alpha is None:
        return rgb
    opaque = Images.new("RGB", rgb.size, "white")
    opaque.paste(rgb, mask=alpha)
    return opaque


def _described_mode(icc_profile: bytes, mode: str) -> str | None:
    """Return the mode of the pixels that a profile in an image of this mode describes; None if it is unusable."""
    from PIL import ImageCms

    try:
        space = ImageCms.ImageCmsProfile(BytesIO(icc_profile)).profile.xcolor_space.strip()
    except Exception:  # noqa: BLE001 - errors of any type, and an unreadable profile means none
        return None
    described = _MODES.get(space)
    if (described == "CMYK") != (mode == "CMYK") or (described == "L" and mode not in _GREY_MODES):
        return None
    return described


def _transform(icc_profile: bytes, mode: str) -> ImageCmsTransform | None:
    """Return the transform from a profile to sRGB; None if it is unusable or changes nothing."""
    from PIL import ImageCms

    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(icc_profile))
        intent = ImageCms.Intent.RELATIVE_COLORIMETRIC  # the colours that were seen, where sRGB has them
        transform = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), mode, "RGB", intent)
        return None if mode == "RGB" and _is_identity(transform) else transform
    except Exception:  # noqa: BLE001 - as above: a profile that cannot be used counts as none
        return None


def _is_identity(transform: ImageCmsTransform) -> bool:
    """Return whether a transform changes no colour by more than one level, as that of an sRGB profile does."""
    from PIL import Image as Images
    from PIL import ImageChops, ImageCms

    colours = bytes(value for colour in product(_LEVELS, repeat=3) for value in colour)
    probe = Images.frombytes("RGB", (len(colours) // 3, 1), colours)
    converted = ImageCms.applyTransform(probe, transform) or probe
    return max(ImageChops.difference(probe, converted).tobytes()) <= 1

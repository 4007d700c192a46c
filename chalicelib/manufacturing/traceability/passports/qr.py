"""QR codes as SVG; the only module that loads segno."""

from io import BytesIO

import segno

_QUIET_ZONE = 4
"""The white modules around the code that readers need."""


def qr_svg(text: str) -> str:
    """Return the QR code of a text as an SVG document that scales; a seventh of the code may be damaged (level M)."""
    image = BytesIO()
    segno.make_qr(text, error="m").save(
        image, kind="svg", border=_QUIET_ZONE, omitsize=True, light="#fff", svgclass=None, lineclass=None, xmldecl=False
    )
    return image.getvalue().decode()

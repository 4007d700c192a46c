"""GS1 Digital Link: web addresses that contain element strings, of any host and below any path.

    https://id.gs1.org/01/09521234543213/21/PK-1?17=271231

The identifiers in the path begin with a key; the search for it starts at the end, because the path before it is free.
Only uncompressed addresses are read.
"""

from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from chalicelib.barcodes.codes import is_number
from chalicelib.barcodes.gs1 import Element, Gs1Error, elements_of

_NAMES = {
    "gtin": "01",
    "sscc": "00",
    "itip": "8006",
    "gln": "414",
    "glnx": "254",
    "cpv": "22",
    "lot": "10",
    "ser": "21",
    "gsin": "402",
    "giai": "8004",
    "grai": "8003",
}
"""Names that earlier versions of the standard allowed in place of identifiers."""
_KEYS = frozenset({"00", "01", "253", "255", "401", "402", "410", "411", "412", "413", "414", "415", "416", "417"})
_KEYS |= {"8003", "8004", "8006", "8010", "8013", "8017", "8018"}
_GTIN = "01"


def is_web_address(text: str) -> bool:
    """Return whether a text begins as a web address."""
    return text[:8].lower().startswith(("http://", "https://"))


def parse_digital_link(text: str) -> tuple[Element, ...]:
    """Return the elements of a web address; none if its path has no key. Raise `Gs1Error` for other identifiers."""
    try:
        address = urlsplit(text)
    except ValueError:
        return ()
    path = _path_pairs(address.path.rstrip("/").split("/"))
    if not path or not address.netloc:
        return ()
    query = [part.partition("=")[::2] for part in address.query.split("&")]
    attributes = [(name, value) for name, value in query if is_number(name) and value]
    return elements_of((ai, _value(ai, unquote(value))) for ai, value in (*path, *attributes))


def _path_pairs(segments: Sequence[str]) -> list[tuple[str, str]]:
    """Return the identifiers and values from the last key on; none if there is no key."""
    pairs: list[tuple[str, str]] = []
    for at in range(len(segments) - 2, -1, -2):
        ai = _NAMES.get(segments[at], segments[at])
        pairs.insert(0, (ai, segments[at + 1]))
        if ai in _KEYS:
            return pairs
        if not is_number(ai):
            break
    return []


def _value(ai: str, value: str) -> str:
    if not value.isprintable():
        raise Gs1Error(f"({ai}) has a control character")
    return value.zfill(14) if ai == _GTIN and is_number(value) else value

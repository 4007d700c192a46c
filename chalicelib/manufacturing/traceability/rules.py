"""What a scan says about a cell, a module or a pack: its serial number and its lot."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from chalicelib.barcodes.parser import parse_scan

_SERIAL = r"[!-~]{1,128}"
_ID_PREFIXES = ("MOD-", "PCK-", "BAT-", "SKU-")
_EAN = "]E"


class ScannedPart(NamedTuple):
    """A serial number, and the lot and the article (GTIN-14) if the scan names them."""

    serial: str
    lot: str | None = None
    gtin: str | None = None


def read_part(raw: str) -> ScannedPart:
    """Return the part that a scan names: by the serial number (21) of a GS1 code, else by the whole text."""
    scan = parse_scan(raw)
    if scan.serial is None:
        return ScannedPart(scan.text, scan.lot)
    return ScannedPart(scan.serial, scan.lot, scan.gtin)


def fold_lot(lot: str) -> str:
    """Return the form in which lots are compared and stored in keys: upper and lower case do not differ."""
    return lot.casefold()


def lot_of(parts: Iterable[ScannedPart], given: str | None) -> str | None:
    """Return the lot of a tray: the given one, else the scanned one."""
    return given or next((part.lot for part in parts if part.lot is not None), None)


def wrong_articles(parts: Mapping[str, ScannedPart], gtin: str | None) -> dict[str, str]:
    """Return an error for each field whose scan names another article than this one; none if there is no such one."""
    wrong = {name: part.gtin for name, part in parts.items() if gtin is not None and part.gtin not in (None, gtin)}
    return {name: f"is a code of the article {scanned}, not of {gtin}" for name, scanned in wrong.items()}


def scan_error(raw: str) -> str | None:
    """Return why a scan names no part; None if it names one."""
    scan = parse_scan(raw)
    if scan.problem is not None:
        return f"cannot be read: {scan.problem}"
    if scan.serial is None and (scan.elements or (scan.symbology.startswith(_EAN) and scan.is_article)):
        return "is a GS1 code without a serial number (21)"
    is_serial = re.fullmatch(_SERIAL, read_part(raw).serial)
    return None if is_serial else "must consist of 1 to 128 visible ASCII characters without spaces"


def new_part_error(raw: str) -> str | None:
    """Return why a scan names no part that can be recorded; None if it names one."""
    if read_part(raw).serial.startswith(_ID_PREFIXES):
        return f"must not begin with {', '.join(_ID_PREFIXES)}, as ids do"
    return scan_error(raw)


def part_errors(present: Mapping[str, object]) -> dict[str, str]:
    """Return the error of the field `serial` of a part that was recorded before."""
    return _serial_errors(present, scan_error)


def new_part_errors(present: Mapping[str, object]) -> dict[str, str]:
    """Return the error of the field `serial` of a part that is recorded now."""
    return _serial_errors(present, new_part_error)


def _serial_errors(present: Mapping[str, object], find_error: Callable[[str], str | None]) -> dict[str, str]:
    raw = present.get("serial")
    error = find_error(raw) if isinstance(raw, str) else None
    return {} if error is None else {"serial": error}


def recorded_part_errors(present: Mapping[str, object]) -> dict[str, str]:
    """Return the errors of the field `serials` of parts that were recorded before."""
    raws = present.get("serials")
    found = enumerate(raws) if isinstance(raws, Sequence) else ()
    return {f"serials.{place}": error for place, raw in found if (error := scan_error(str(raw)))}


def tray_errors(present: Mapping[str, object]) -> dict[str, str]:
    """Return the errors of the field `serials`: scans that name no part, and lots that differ without a given one."""
    raws = present.get("serials")
    if not isinstance(raws, Sequence):
        return {}
    errors = {f"serials.{place}": error for place, raw in enumerate(raws) if (error := new_part_error(str(raw)))}
    lots = [read_part(str(raw)).lot for raw in raws]
    if not errors and len({lot and fold_lot(lot) for lot in lots}) > 1 and present.get("lot") is None:
        named = ", ".join(sorted(set(filter(None, lots))))
        return {"serials": f"must all be of one lot unless the lot is given: {named}"}
    return errors

"""What a scan says about a cell, a module or a pack: its serial number and its lot."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from chalicelib.barcodes.parser import parse_scan

_SERIAL = r"[!-~]{1,128}"


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
    if scan.elements and scan.serial is None:
        return "is a GS1 code without a serial number (21)"
    is_serial = re.fullmatch(_SERIAL, read_part(raw).serial)
    return None if is_serial else "must consist of 1 to 128 visible ASCII characters without spaces"


def part_errors(present: Mapping[str, object]) -> dict[str, str]:
    """Return the error of the field `serial`."""
    raw = present.get("serial")
    error = scan_error(raw) if isinstance(raw, str) else None
    return {} if error is None else {"serial": error}


def tray_errors(present: Mapping[str, object]) -> dict[str, str]:
    """Return the errors of the field `serials`: scans that name no part, and lots that differ without a given one."""
    raws = present.get("serials")
    if not isinstance(raws, Sequence):
        return {}
    errors = {f"serials.{place}": error for place, raw in enumerate(raws) if (error := scan_error(str(raw)))}
    lots = {read_part(str(raw)).lot for raw in raws}
    if not errors and len(lots) > 1 and present.get("lot") is None:
        named = ", ".join(sorted(filter(None, lots)))
        return {"serials": f"must all be of one lot unless the lot is given: {named}"}
    return errors

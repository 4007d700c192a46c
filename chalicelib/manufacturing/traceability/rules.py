"""What a scan says about a cell, a module or a pack: its serial number and its lot."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from chalicelib.barcodes.parser import parse_scan

_SERIAL = r"[!-~]{1,128}"


class ScannedPart(NamedTuple):
    """A serial number, and the lot if the scan names it."""

    serial: str
    lot: str | None = None


def read_part(raw: str) -> ScannedPart:
    """Return the part that a scan names: by the serial number (21) of a GS1 code, else by the whole text."""
    scan = parse_scan(raw)
    return ScannedPart(scan.text if scan.serial is None else scan.serial, scan.lot)


def read_tray(raws: Iterable[str], lot: str | None) -> tuple[list[str], str | None]:
    """Return the serial numbers of a tray, and its lot: this one, else the scanned one."""
    parts = [read_part(raw) for raw in raws]
    return [part.serial for part in parts], lot or next((part.lot for part in parts if part.lot is not None), None)


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

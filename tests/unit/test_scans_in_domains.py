"""Picking, packing and the production line read every scan as the parser does."""

import pytest

from chalicelib.barcodes.parser import parse_scan
from chalicelib.barcodes.scans import ScanKind
from chalicelib.manufacturing.traceability.rules import read_part, scan_error
from chalicelib.packing.rules import numbers_in
from chalicelib.picking.ledger.matching import PickLines, read_code
from tests.unit.barcode_vectors import VECTORS, Vector

NO_LINES = PickLines(())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.raw[:60])
def test_all_domains_read_a_scan_alike(vector: Vector) -> None:
    scan = parse_scan(vector.raw)
    reading = read_code(vector.raw, NO_LINES)
    numbers = numbers_in(vector.raw)
    assert reading.codes == (scan.candidates or (vector.raw,))
    assert reading.amount == vector.answers.get("count", 1)
    assert set(filter(None, (scan.sscc, scan.serial, scan.text))) <= set(numbers)
    assert numbers[-1:] == ([scan.text] if scan.text else [])
    assert read_part(vector.raw)[:2] == (scan.serial or scan.text, scan.lot)
    assert scan.problem is None or scan_error(vector.raw) == f"cannot be read: {scan.problem}"
    assert scan_error(vector.raw) is not None or scan.kind is ScanKind.PLAIN or scan.serial or not scan.elements

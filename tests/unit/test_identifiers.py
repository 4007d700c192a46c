"""URIs of units: valid, stable, and never an identifier that is not owned."""

import uuid
from urllib.parse import unquote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.barcodes.codes import is_gtin
from chalicelib.core.errors import ValidationFailed
from chalicelib.edge.validation import decode_body
from chalicelib.manufacturing.sku_spec import Gtins
from chalicelib.manufacturing.traceability.identifiers import UriNaming
from chalicelib.manufacturing.traceability.settings import TraceabilitySettings
from tests.builders.epcis import validator

SKU, GTIN = "SKU-1", "09521234543213"
LINKED = UriNaming("demo", TraceabilitySettings(gtins={SKU: Gtins(pack=GTIN)}))


def test_product_with_gtin_gets_a_digital_link() -> None:
    assert LINKED.uri("pack", SKU, "PK/1 & co") != LINKED.uri("pack", SKU, "PK-1")
    assert LINKED.uri("pack", SKU, "PK-1") == f"https://id.gs1.org/01/{GTIN}/21/PK-1"
    assert LINKED.uri("pack", SKU, "PK/1") == f"https://id.gs1.org/01/{GTIN}/21/PK%2F1"


@pytest.mark.parametrize("serial", ["x" * 21, "PK 1", "Päck", "a#b", "a^b"])
def test_serial_outside_the_gs1_set_gets_a_uuid(serial: str) -> None:
    assert LINKED.uri("pack", SKU, serial).startswith("urn:uuid:")


def test_kinds_and_skus_without_gtin_get_a_uuid() -> None:
    assert LINKED.uri("module", SKU, "M-1").startswith("urn:uuid:")
    assert LINKED.uri("pack", "SKU-2", "P-1").startswith("urn:uuid:")


def test_gtin_with_wrong_check_digit_is_refused() -> None:
    settled = f'{{"gtins": {{"{SKU}": {{"pack": "09521234543214", "cell": "{GTIN}"}}}}}}'.encode()
    with pytest.raises(ValidationFailed) as refused:
        decode_body(settled, TraceabilitySettings)
    assert refused.value.fields == {f"gtins.{SKU}.pack": "must end in the right check digit"}


def test_own_address_precedes_uuids() -> None:
    own = UriNaming(
        "demo", TraceabilitySettings(own_address="https://trace.example.com", gtins={SKU: Gtins(pack=GTIN)})
    )
    assert own.uri("cell", SKU, "C 1") == "https://trace.example.com/cell/C%201"
    assert own.uri("pack", SKU, "P-1") == f"https://id.gs1.org/01/{GTIN}/21/P-1"


def test_uuids_are_stable_and_differ_by_kind_serial_and_organisation() -> None:
    names = {
        UriNaming(org).uri(kind, SKU, serial)
        for org in ("demo", "other")
        for kind in ("cell", "pack")
        for serial in ("1", "2")
    }
    assert len(names) == 8
    assert UriNaming("demo").uri("cell", SKU, "1") in names
    assert all(uuid.UUID(name.removeprefix("urn:uuid:")).version == 5 for name in names)


@pytest.mark.parametrize(
    ("digits", "good"),
    [(GTIN, True), ("00012345600012", True), ("09521234543210", False), ("1" * 14, False), ("0" * 14, False)],
)
def test_check_digit_of_a_gtin(digits: str, good: bool) -> None:
    assert is_gtin(digits) is good


@pytest.mark.parametrize(
    "wrong",
    [
        {"gtins": {SKU: {"pack": "9521234543213"}}},
        {"gtins": {SKU: {"pack": GTIN + "\n"}}},
        {"ownAddress": "trace.example.com"},
        {"ownAddress": "https://trace.example.com/"},
        {"digitalLink": "urn:x"},
        {"other": 1},
    ],
)
def test_invalid_settings_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, TraceabilitySettings)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_uri_contains_the_serial(serial: str) -> None:
    own = UriNaming("demo", TraceabilitySettings(own_address="https://t.example", gtins={SKU: Gtins(cell=GTIN)}))
    uri = own.uri("cell", SKU, serial)
    validator().format_checker.check(uri, "uri")
    assert unquote(uri.rsplit("/", 1)[1]) == serial

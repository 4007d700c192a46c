"""Serial numbers that are scanned from GS1 codes: one cell has one identity, whatever the scanner sends."""

from typing import Any

import pytest

from chalicelib.manufacturing.traceability.tables import serial_key
from tests.api.test_trace import traced
from tests.builders.manufacturing import Line, data, registered
from tests.builders.world import World

GTIN = "09521234000013"
GS = "\x1d"
FORMS = [
    f"]d201{GTIN}21C-7{GS}10L1",
    f"{GS}01{GTIN}10L1{GS}21C-7",
    f"(01){GTIN}(10)L1(21)C-7",
    f"https://id.gs1.org/01/{GTIN}/10/L1/21/C-7",
]


@pytest.fixture
def line(world: World) -> Line:
    return Line(world)


@pytest.mark.parametrize("form", FORMS)
def test_a_scanned_cell_is_stored_by_its_serial_number_and_lot(line: Line, form: str) -> None:
    module = line.module(line.batch())
    data(line.bind(module, form))
    number = registered("C-7")
    assert number is not None
    assert (number.lot, registered(form)) == ("L1", None)
    for other in (*FORMS, "C-7"):
        assert line.bind(module, other).code == "DUPLICATE_SERIAL"
    assert traced(line, form)["serial"] == "C-7"
    data(line.unbind(module, FORMS[0]))
    number = registered("C-7")
    assert (number and number.lot, number and number.holder_id) == ("L1", None)
    assert traced(line, FORMS[3])["status"] == "REMOVED"


def test_a_given_lot_counts_before_the_scanned_one(line: Line) -> None:
    data(line.bind(line.module(line.batch()), FORMS[0], "L2"))
    assert getattr(registered("C-7"), "lot", None) == "L2"


def test_modules_and_packs_are_stored_by_their_scanned_serial_numbers(line: Line) -> None:
    batch = line.batch()
    assert line.module(batch, serial=f"(01){GTIN}(21)M-7")["serial"] == "M-7"
    assert line.pack(batch, serial=f"]d201{GTIN}21P-7")["serial"] == "P-7"


def test_a_scanned_tray_has_the_lot_of_its_codes(line: Line) -> None:
    module = line.module(line.batch())
    data(line.bind_tray(module, [f"(01){GTIN}(10)L1(21){serial}" for serial in ("A", "B")]))
    assert [getattr(registered(serial), "lot", None) for serial in ("A", "B")] == ["L1", "L1"]


@pytest.mark.parametrize(
    ("serials", "errors"),
    [
        (
            [f"(01){GTIN}(10)L1(21)A", f"(01){GTIN}(10)L2(21)B"],
            {"serials": "must all be of one lot unless the lot is given: L1, L2"},
        ),
        ([f"(01){GTIN}(10)L1(21)A", "B"], {"serials": "must all be of one lot unless the lot is given: L1"}),
        (
            [f"(01){GTIN}(10)L1(21)A", f"(01){GTIN}(10)l1(21)B", "C"],
            {"serials": "must all be of one lot unless the lot is given: L1, l1"},
        ),
        (["A", f"(01){GTIN}(21)A"], {"serials": "must not name an item twice: A"}),
        (["A", f"(01){GTIN}(10)L1"], {"serials.1": "is a GS1 code without a serial number (21)"}),
        (["(01)09521234000010(21)A"], {"serials.0": "cannot be read: The check digit of (01) is wrong."}),
    ],
)
def test_a_tray_that_cannot_be_read_is_refused(line: Line, serials: list[str], errors: dict[str, Any]) -> None:
    answer = line.bind_tray(line.module(line.batch()), serials)
    assert (answer.status, answer.fields) == (422, errors)


def test_a_tray_of_several_lots_is_bound_under_a_given_one(line: Line) -> None:
    serials = [f"(01){GTIN}(10)L1(21)A", f"(01){GTIN}(10)L2(21)B"]
    data(line.bind_tray(line.module(line.batch()), serials, "L3"))
    assert [getattr(registered(serial), "lot", None) for serial in "AB"] == ["L3", "L3"]


ODD = ["]C1", "]d2\r\n", "]E04006381333931", "(01)00000000000000(21)A", "(01)09521234000010(21)A"]


@pytest.mark.parametrize("raw", [f"(01){GTIN}", "]C100376123456789000018", "(01)1(21)A", "a b", "x" * 129, "é", *ODD])
def test_a_scan_that_names_no_part_is_refused(line: Line, raw: str) -> None:
    answer = line.bind(line.module(line.batch()), raw)
    assert (answer.status, set(answer.fields)) == (422, {"serial"})


IDS = ["MOD-1", "PCK-1", "BAT-1", "SKU-1", f"(01){GTIN}(21)MOD-1", "]C0PCK-1"]


@pytest.mark.parametrize("raw", IDS)
def test_a_serial_number_that_begins_as_an_id_is_refused(line: Line, raw: str) -> None:
    batch = line.batch()
    module = line.module(batch)
    refused = "must not begin with MOD-, PCK-, BAT-, SKU-, as ids do"
    for kind in ("modules", "packs"):
        answer = line.production.post(f"/v1/{kind}", {"batchId": batch["id"], "serial": raw})
        assert (answer.status, answer.fields) == (422, {"serial": refused})
    assert line.bind(module, raw).fields == {"serial": refused}
    assert line.bind_tray(module, ["A", raw, "B C"]).fields == {
        "serials.1": refused,
        "serials.2": "must consist of 1 to 128 visible ASCII characters without spaces",
    }
    data(line.bind_tray(module, ["mod-1", "XMOD-1"]))


def test_a_cell_whose_serial_number_begins_as_an_id_can_still_be_unbound(line: Line) -> None:
    module = line.module(line.batch())
    data(line.bind(module, "C-7"))
    number = registered("C-7")
    assert number is not None
    stored = {**number.attribute_values, "serial": "MOD-1"}
    serial_key("MOD-1").new(**{name: value for name, value in stored.items() if name not in ("pk", "sk")}).save()
    data(line.unbind(module, "MOD-1"))


def test_a_code_that_was_stored_as_a_whole_is_found_by_the_same_scan(line: Line) -> None:
    module = line.module(line.batch())
    data(line.bind(module, "C-7"))
    old = serial_key(FORMS[2]).new(
        serial=FORMS[2], org_id="demo", used_as="CELL", holder_id=module["id"], at=line.world.clock.now()
    )
    old.save()
    data(line.unbind(module, "C-7"))
    assert traced(line, FORMS[2])["status"] == "BOUND"


def test_a_code_of_another_article_than_the_skus_is_refused(line: Line) -> None:
    batch = line.batch()
    other, sku = "09521234111115", batch["sku"]["id"]
    settings = {"gtins": {sku: {"cell": GTIN, "pack": other}}}
    assert line.admin.put("/v1/organisation/settings/traceability", settings).status == 200
    module = line.module(batch, serial=f"(01){other}(21)M-1")  # modules of the SKU have no article
    refused = {"serial": f"is a code of the article {other}, not of {GTIN}"}
    answer = line.bind(module, f"(01){other}(21)A")
    assert (answer.status, answer.fields) == (422, refused)
    answer = line.bind_tray(module, [f"(01){GTIN}(21)A", f"(01){other}(21)B"])
    assert (answer.status, answer.fields) == (422, {"serials.1": refused["serial"]})
    answer = line.production.post("/v1/packs", {"batchId": batch["id"], "serial": f"(01){GTIN}(21)P-1"})
    assert (answer.status, set(answer.fields)) == (422, {"serial"})
    data(line.bind(module, f"(01){GTIN}(21)A"))
    data(line.bind(module, "B"))
    assert line.pack(batch, serial=f"(01){other}(21)P-1")["serial"] == "P-1"

"""Files that operators load: what is read of them, and what is said of the lines that are no good."""

import csv
import io
import json
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.identity.accounts.imports import UserRecord
from chalicelib.packing.plates.schemas import PlateRecord
from chalicelib.packing.shipments.schemas import ShipmentRecord
from chalicelib.picking.assignments.imports import AssignmentRecord
from infra.load_files import FORMATS, FileLine, InvalidFile, read

HEADER = "username,role,full_name,email,skills\n"


def lines(content: str | bytes, form: str = "csv") -> list[FileLine]:
    return list(read(content.encode() if isinstance(content, str) else content, form, UserRecord))


def good(line: FileLine) -> Any:
    assert line.fields is None, line
    return json.loads(line.raw)


def wrong(found: list[FileLine]) -> dict[int, list[str]]:
    return {line.number: list(line.fields) for line in found if line.fields is not None}


def test_a_row_of_a_table_is_a_record_without_its_empty_cells() -> None:
    [line] = lines(HEADER + "anna,picker,Anna Bos,,forklift| first aid\n")
    assert line.number == 2
    expected = {"username": "anna", "role": "picker", "full_name": "Anna Bos", "skills": ["forklift", "first aid"]}
    assert good(line) == expected


LINE = {"line_number": 1, "sku": "A", "quantity": 2.5}
PICK_LINE = {
    **LINE,
    "location": "A-01",
    "uom": "kg",
    "check_code": "47",
    "barcodes": ["1", {"code": "2", "quantity": 6}],
}
ORDER_LINE = {**LINE, "product_name": "Oil", "uom": "L", "unit_weight": 0.92, "allergens": ["nuts"]}
ALLOCATION = {"shipment_number": "S-1", "line_number": 1}
TABLES: list[tuple[type[msgspec.Struct], dict[str, str], dict[str, str], list[str]]] = [
    (
        AssignmentRecord,
        {
            "assignment_ref": "PA/1",
            "customer": "Zon",
            "order_label": "SO-1",
            "role": "picker",
            "zone": "Chilled",
            "route": "North",
            "priority": "0",
            "lines": json.dumps([PICK_LINE]),
        },
        {"assignment_ref": "/", "priority": "-1", "lines": json.dumps([{**PICK_LINE, "barcodes": [{"code": "2"}]}])},
        ["assignment_ref", "priority", "lines.0.barcodes.0.quantity"],
    ),
    (
        ShipmentRecord,
        {
            "shipment_number": "S-1",
            "so_number": "SO-1",
            "customer_name": "Zon",
            "warehouse_id": "wh-1",
            "allergen_restrictions": "nuts|milk",
            "promised_ship_date": "2026-12-01",
            "lines": json.dumps([ORDER_LINE]),
        },
        {
            "promised_ship_date": "1.12.2026",
            "lines": json.dumps([{**ORDER_LINE, "unit_weight": -1, "allergens": "nuts"}]),
        },
        ["promised_ship_date", "lines.0.unit_weight", "lines.0.allergens"],
    ),
    (
        PlateRecord,
        {
            "lp_number": "L-1",
            "sku": "A",
            "product_name": "Oil",
            "quantity": "2.5",
            "lot_number": "L",
            "expiry": "2027-03-31",
            "allocations": json.dumps([ALLOCATION]),
        },
        {"expiry": "soon", "quantity": "0", "allocations": '[{"shipment_number": "S-1"}]'},
        ["expiry", "quantity", "allocations.0.line_number"],
    ),
]


@pytest.mark.parametrize(("record", "cells", "bad", "fields"), TABLES, ids=["assignments", "shipments", "plates"])
def test_a_table_carries_every_field_of_picking_and_packing_and_names_each_bad_one(
    record: type[msgspec.Struct], cells: dict[str, str], bad: dict[str, str], fields: list[str]
) -> None:
    assert set(cells) == set(record.__struct_encode_fields__)
    table = io.StringIO()
    writer = csv.DictWriter(table, cells)
    writer.writeheader()
    writer.writerows([cells, {**cells, **bad}, cells])
    first, second, third = read(table.getvalue().encode(), "csv", record)
    assert good(first) == good(third)
    assert sorted(second.fields or {}) == sorted(fields)


def test_a_line_of_json_is_sent_as_it_is() -> None:
    first, second = lines('{"username":"a","role":"picker","full_name":"A"}\n\n {"username":"b"} \r\n', "ndjson")
    assert first == FileLine(1, b'{"username":"a","role":"picker","full_name":"A"}')
    assert wrong([second]) == {3: ["role", "full_name"]}


@pytest.mark.parametrize(
    ("form", "content"),
    [("csv", HEADER + "anna,picker,Anna,,\n"), ("ndjson", '{"username":"anna","role":"picker","full_name":"Anna"}')],
)
def test_a_byte_order_mark_does_no_harm(form: str, content: str) -> None:
    [line] = lines(b"\xef\xbb\xbf" + content.encode(), form)
    assert good(line)["username"] == "anna"


def test_broken_rows_are_named_by_the_line_on_which_they_begin_and_the_others_are_read() -> None:
    content = (
        HEADER.encode()
        + b'anna,picker,"Anna Bos\n",,\n'  # 2 and 3: a cell may hold a line break
        + b"bo,picker,Bo\n"  # 4: too few cells
        + b"cas,picker,Cas,,,,\n"  # 5: too many
        + b"\n"
        + b'"dirk"x,picker,Dirk,,\n'  # 7: no CSV
        + b"eva,picker,E\xffva,,\n"  # 8: no UTF-8
        + b"fay,picker,Fay,nobody,\n"  # 9: no e-mail address
        + b"gus,picker,Gus,,\n"
    )
    found = lines(content)
    assert [good(line)["username"] for line in found if line.fields is None] == ["anna", "gus"]
    assert wrong(found) == {4: ["record"], 5: ["record"], 7: ["record"], 8: ["full_name"], 9: ["email"]}


def test_a_quote_that_never_ends_is_named_where_it_begins() -> None:
    assert wrong(lines(HEADER + 'anna,picker,"Anna,,\nbo,picker,Bo,,\n')) == {2: ["record"]}


def test_broken_json_is_named_by_its_line() -> None:
    content = b'{"username":\n[]\n{"username":"a","role":"picker","full_name":"\xff"}\nnull\n'
    assert wrong(lines(content, "ndjson")) == {1: ["record"], 2: ["body"], 3: ["record"], 4: ["body"]}


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("", "the column username is missing"),
        ("username,role\n", "the column full_name is missing"),
        ("username,role,full_name,age\n", "unknown column 'age'"),
        ("username,role,full_name,role\n", "the column role is repeated"),
        ('"username,role,full_name\n', "is not valid CSV"),
        ("username;role;full_name\n", "unknown column 'username;role;full_name'"),
    ],
)
def test_a_header_without_sense_is_refused_with_the_whole_file(header: str, said: str) -> None:
    with pytest.raises(InvalidFile, match=said):
        lines(header)


class Weighed(msgspec.Struct):
    name: str
    weight: Annotated[float, msgspec.Meta(gt=0)]
    count: int = 0
    parts: list[dict[str, int]] = []


def test_cells_are_read_as_numbers_and_json_where_the_record_has_them() -> None:
    content = b'name,weight,count,parts\n7,1.5,3,"[{""a"": 1}]"\nb,heavy,1.5,[\n'
    first, second = read(content, "csv", Weighed)
    assert good(first) == {"name": "7", "weight": 1.5, "count": 3, "parts": [{"a": 1}]}
    assert wrong([second]) == {3: ["weight", "count", "parts"]}


texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf"]), min_size=1, max_size=40)


@given(st.lists(st.tuples(texts, texts), max_size=8))
def test_whatever_people_are_called_comes_out_of_a_table_as_it_went_in(people: list[tuple[str, str]]) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["username", "role", "full_name"])
    writer.writerows([f"u{number}", role, name] for number, (role, name) in enumerate(people))
    found = lines(out.getvalue())
    assert len(found) == len(people)
    for line, (role, name) in zip(found, people, strict=True):
        if role.strip() and name.strip():
            assert (good(line)["role"], good(line)["full_name"]) == (role, name)


@given(st.sampled_from(FORMATS), st.binary(max_size=200), st.booleans())
def test_no_bytes_break_the_reading(form: str, content: bytes, headed: bool) -> None:
    start = HEADER.encode() if headed and form == "csv" else b""
    try:
        found = lines(start + content, form)
    except InvalidFile:
        assert not start
        return
    numbers = [line.number for line in found]
    assert numbers == sorted(set(numbers))
    assert all(bool(line.raw) != bool(line.fields) for line in found)

"""Traces: ancestors and descendants of serial numbers, pages, permissions and cost."""

from typing import Any
from urllib.parse import quote

import pytest

from chalicelib.core import cursors
from chalicelib.core.table import key
from infra.local.engine import EmbeddedEngine
from tests.builders.manufacturing import Data, Line, data
from tests.builders.trips import counted_trips
from tests.builders.world import DEMO, OTHER, Answer, Person, World


def trace(person: Person, serial: str, query: str = "") -> Answer:
    return person.get(f"/v1/trace/{quote(serial, safe='')}{query}")


def traced(line: Line, serial: str, query: str = "") -> Data:
    return data(trace(line.viewer, serial, query))


def pages(person: Person, serial: str, limit: int) -> list[list[Any]]:
    """Return the descendants page by page; each page has the ancestors."""
    found: list[list[Any]] = []
    above, cursor = None, ""
    while True:
        answer = trace(person, serial, f"?limit={limit}{cursor}")
        page = data(answer)
        assert above in (None, page["ancestors"])
        above = page["ancestors"]
        found.append(page["descendants"])
        assert len(found[-1]) <= limit
        if answer.json["meta"]["nextCursor"] is None:
            return found
        cursor = f"&cursor={answer.json['meta']['nextCursor']}"


def cell(serial: str) -> Data:
    return {"kind": "cell", "id": serial, "serial": serial}


def entry(kind: str, assembly: Data) -> Data:
    """Return the trace entry of a module or pack."""
    return {"kind": kind, "id": assembly["id"], "serial": assembly["serial"], "status": assembly["status"]}


def of_batch(batch: Data) -> list[Data]:
    """Return the trace entries of a batch and its SKU."""
    return [
        {"kind": "batch", "id": batch["id"], "status": "IN_PROGRESS"},
        {"kind": "sku", "id": batch["sku"]["id"], "status": "ACTIVE"},
    ]


@pytest.fixture
def line(world: World) -> Line:
    return Line(world)


def test_descendants_of_a_pack_are_in_the_order_of_binding(line: Line) -> None:
    batch = line.batch()
    modules = [line.sealed_module(batch) for _ in range(2)]
    pack = line.pack(batch, modules[::-1])
    below = [one for module in modules[::-1] for one in (entry("module", module), *map(cell, line.cells_of(module)))]
    assert traced(line, pack["serial"]) == {
        "serial": pack["serial"],
        "kind": "pack",
        "id": pack["id"],
        "status": "IN_PROGRESS",
        "ancestors": of_batch(batch),
        "descendants": below,
        "holds": [],
    }


def test_trace_of_a_module(line: Line) -> None:
    batch = line.batch()
    pack = line.pack(batch, [module := line.sealed_module(batch)])
    found = traced(line, module["serial"])
    assert (found["kind"], found["id"], found["status"]) == ("module", module["id"], "SEALED")
    assert found["ancestors"] == [entry("pack", pack), *of_batch(batch)]
    assert found["descendants"] == [cell(serial) for serial in line.cells_of(module)]


def test_ancestors_of_a_cell(line: Line) -> None:
    batch = line.batch()
    pack = line.pack(batch, [module := line.sealed_module(batch)])
    [serial, _] = line.cells_of(module)
    assert traced(line, serial) == {
        "serial": serial,
        "kind": "cell",
        "id": serial,
        "status": "BOUND",
        "ancestors": [entry("module", module), entry("pack", pack), *of_batch(batch)],
        "descendants": [],
        "holds": [],
    }


def test_module_in_no_pack_has_no_pack_as_ancestor(line: Line) -> None:
    batch = line.batch()
    module = line.module(batch)
    assert traced(line, module["serial"]) == {
        "serial": module["serial"],
        "kind": "module",
        "id": module["id"],
        "status": "DRAFT",
        "ancestors": of_batch(batch),
        "descendants": [],
        "holds": [],
    }
    module = data(line.bind(module, "C-1"))
    assert traced(line, "C-1")["ancestors"] == [entry("module", module), *of_batch(batch)]


def test_empty_pack_has_no_descendants(line: Line) -> None:
    pack = line.pack(line.batch())
    assert traced(line, pack["serial"])["descendants"] == []


def test_batches_of_module_and_pack_are_both_ancestors(line: Line) -> None:
    sku = line.sku()
    earlier, later = line.batch(sku), line.batch(sku)
    module = line.sealed_module(earlier)
    pack = line.pack(later, [module])
    above = [entry("pack", pack), of_batch(earlier)[0], *of_batch(later)]
    assert traced(line, module["serial"])["ancestors"] == above
    assert traced(line, line.cells_of(module)[0])["ancestors"] == [entry("module", module), *above]


def test_unbound_cell_is_removed_and_has_no_ancestors(line: Line) -> None:
    module = line.full_module(line.batch())
    serial, stays = line.cells_of(module)
    line.unbind(module, serial)
    empty: dict[str, list[object]] = {"ancestors": [], "descendants": [], "holds": []}
    removed = {"serial": serial, "kind": "cell", "id": serial, "status": "REMOVED", **empty}
    assert traced(line, serial) == removed
    assert traced(line, module["serial"])["descendants"] == [cell(stays)]
    data(line.bind(module, serial))
    assert traced(line, serial)["status"] == "BOUND"
    assert traced(line, module["serial"])["descendants"] == [cell(stays), cell(serial)]


def test_unknown_serial_is_not_found(line: Line) -> None:
    answer = trace(line.viewer, "nothing")
    assert (answer.status, answer.code, answer.json["error"]["details"]) == (404, "NOT_FOUND", {"serial": "nothing"})


@pytest.mark.parametrize("path", ["", "/export"])
def test_serial_of_another_organisation_is_not_found(line: Line, path: str) -> None:
    theirs = Line(line.world, OTHER)
    module = theirs.full_module(theirs.batch())
    for serial in (module["serial"], theirs.cells_of(module)[0]):
        answer = line.admin.get(f"/v1/trace/{serial}{path}")
        assert (answer.status, answer.code) == (404, "NOT_FOUND")
        assert theirs.viewer.get(f"/v1/trace/{serial}{path}").status == 200


@pytest.mark.parametrize("path", ["", "/export"])
def test_cell_bound_by_another_organisation_shows_only_the_own_history(line: Line, path: str) -> None:
    theirs = Line(line.world, OTHER)
    module = line.module(line.batch())
    data(line.bind(module, "WANDERER"))
    data(line.unbind(module, "WANDERER"))
    data(theirs.bind(theirs.module(theirs.batch()), "WANDERER"))
    mine = line.viewer.get(f"/v1/trace/WANDERER{path}")
    assert mine.status == 200
    assert OTHER not in mine.text
    if not path:
        assert (data(mine)["status"], data(mine)["ancestors"]) == ("REMOVED", [])
        assert traced(theirs, "WANDERER")["status"] == "BOUND"


@pytest.mark.parametrize("path", ["trace/S-1", "trace/S-1/export", "trace/affected?cellLot=L-1"])
def test_trace_requires_permission(world: World, path: str) -> None:
    answer = world.person("courier").get(f"/v1/{path}")
    assert (answer.status, answer.code) == (403, "ACCESS_DENIED")
    assert world.call("GET", f"/v1/{path}").code == "AUTH_REQUIRED"


@pytest.mark.parametrize("path", ["", "/export"])
def test_trace_requires_scope_org(line: Line, path: str) -> None:
    rights = {"permissions": [{"code": "manufacturing.trace.read", "scope": "own"}]}
    assert line.admin.put("/v1/roles/VIEW_ONLY", rights).status == 200
    module = line.module(line.batch())
    assert line.viewer.get(f"/v1/trace/{module['serial']}{path}").code == "ACCESS_DENIED"
    assert line.viewer.get(f"/v1/trace/nothing{path}").code == "NOT_FOUND"
    assert line.viewer.get("/v1/trace/affected?cellLot=L-1").code == "ACCESS_DENIED"


@pytest.mark.parametrize("role", ["admin", "production", "qa", "supervisor", "viewer"])
def test_every_console_role_may_trace(line: Line, role: str) -> None:
    module = line.module(line.batch())
    person: Person = getattr(line, role)
    for path in (f"trace/{module['serial']}", f"trace/{module['serial']}/export", "trace/affected?cellLot=L-1"):
        assert person.get(f"/v1/{path}").status == 200


def test_serials_with_special_characters_are_traced(line: Line) -> None:
    module = line.module(line.batch())
    for serial in ("A/B#C%D?E&F", "~", "(01)09521234543213(21)77", "'\"\\", "%23", "+"):
        data(line.bind(line.module(line.batch(cellsPerModule=1)), serial))
        assert traced(line, serial)["serial"] == (
            serial if serial[0] != "(" else "77"
        )  # a GS1 code with a serial number
    assert traced(line, module["serial"])["descendants"] == []


# --- pages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 7, 1000])
def test_pages_of_a_pack_hold_every_descendant_once(line: Line, limit: int) -> None:
    batch = line.batch(cellsPerModule=3, modulesPerPack=3)
    pack = line.pack(batch, [line.sealed_module(batch) for _ in range(3)])
    whole = traced(line, pack["serial"])["descendants"]
    assert len(whole) == 12
    found = pages(line.viewer, pack["serial"], limit)
    assert [one for page in found for one in page] == whole
    assert all(found) or found == [[]]


@pytest.mark.parametrize("limit", [1, 2, 5, 100])
def test_pages_of_a_module_omit_unbound_cells(line: Line, limit: int) -> None:
    module = line.module(line.batch(cellsPerModule=12))
    line.bind_tray(module, [f"A-{number}" for number in range(6)])
    for serial in ("B-1", "B-2", "B-3"):
        line.bind(module, serial)
    for serial in ("A-0", "A-5", "B-2"):
        data(line.unbind(module, serial))
    line.bind(module, "A-0")
    expected = ["A-1", "A-2", "A-3", "A-4", "B-1", "B-3", "A-0"]
    found = pages(line.viewer, module["serial"], limit)
    assert [one["serial"] for page in found for one in page] == expected == line.cells_of(module)


def test_cursor_stays_valid_after_its_cell_is_unbound(line: Line) -> None:
    module = line.module(line.batch(cellsPerModule=9))
    line.bind_tray(module, ["A", "B", "C", "D"])
    first = trace(line.viewer, module["serial"], "?limit=2")
    assert [one["id"] for one in data(first)["descendants"]] == ["A", "B"]
    data(line.unbind(module, "B"))
    rest = traced(line, module["serial"], f"?cursor={first.json['meta']['nextCursor']}")
    assert [one["id"] for one in rest["descendants"]] == ["C", "D"]


@pytest.mark.parametrize(
    ("query", "bad"),
    [
        ("limit=0", {"limit"}),
        ("limit=1001", {"limit"}),
        ("limit=x", {"limit"}),
        ("cursor=nonsense", {"cursor"}),
        ("cursor=&limit=0", {"cursor", "limit"}),
    ],
)
def test_every_invalid_parameter_is_named(line: Line, query: str, bad: set[str]) -> None:
    module = line.module(line.batch())
    answer = trace(line.viewer, module["serial"], f"?{query}")
    assert (answer.status, answer.code, set(answer.fields)) == (422, "VALIDATION_ERROR", bad)


def test_cursor_of_another_serial_is_refused(line: Line) -> None:
    one, other = (line.full_module(line.batch()) for _ in range(2))
    cursor = trace(line.viewer, one["serial"], "?limit=1").json["meta"]["nextCursor"]
    answer = trace(line.viewer, other["serial"], f"?cursor={cursor}")
    assert (answer.status, set(answer.fields)) == (422, {"cursor"})


# --- what it costs ---------------------------------------------------------------------------------------------


def test_trace_takes_at_most_three_round_trips(line: Line, engine: EmbeddedEngine) -> None:
    batch = line.batch()
    pack = line.pack(batch, [module := line.sealed_module(batch), line.sealed_module(batch)])
    for serial, max_trips in ((pack["serial"], 3), (module["serial"], 3), (line.cells_of(module)[0], 3)):
        with counted_trips(engine) as trips:
            traced(line, serial)
        assert len(trips) <= max_trips, trips.made


def test_serial_of_another_organisation_looks_like_an_unknown_one(line: Line) -> None:
    theirs = Line(line.world, OTHER)
    data(theirs.bind(theirs.module(theirs.batch()), "TAKEN"))
    nothing, taken = (trace(line.viewer, serial) for serial in ("NOWHERE", "TAKEN"))
    assert nothing.text.replace("NOWHERE", "TAKEN") == taken.text


POSITIONS = [
    "",
    "nonsense",
    "MOD-1  0",
    "{module} ZZZ 5",
    "{module} LEDGER# 99999",
    "{module} LEDGER$ 0",
    "{module} A 0",
    "{pack}  0",
    "OWN  0",
    "OWN LEDGER$ 7",
    "FORMER x 0",
    "FORMER ~ 0",
    "{module} LEDGER#\x00 1",
]


@pytest.mark.parametrize("path", ["?limit=1", "/export?perPage=1"])
@pytest.mark.parametrize("place", POSITIONS)
def test_edited_cursor_is_refused_or_stays_in_the_list(line: Line, path: str, place: str) -> None:
    batch = line.batch()
    pack = line.pack(batch, modules := [line.sealed_module(batch) for _ in range(2)])
    name, of_list = ("cursor", "TRACE") if "limit" in path else ("nextPageToken", "LIFE")
    for serial in (pack["serial"], modules[0]["serial"]):
        list_name = key(DEMO, of_list, serial)
        answer = line.viewer.get(f"/v1/trace/{serial}{path}")
        text = answer.json["meta"]["nextCursor"] if "limit" in path else answer.headers["Link"]
        cursor = text.partition("nextPageToken=")[2].partition(">")[0] or text
        assert cursors.decode(cursor, list_name, {"sk": "S"})
        position = {"sk": {"S": place.format(module=modules[1]["id"], pack=pack["id"])}}
        forged = cursors.encode(position, list_name)
        again = line.viewer.get(f"/v1/trace/{serial}{path}&{name}={forged}")
        assert again.status == 200 or (again.status, set(again.fields)) == (422, {name}), again


def test_id_is_traced_like_its_serial_number(line: Line) -> None:
    batch = line.batch()
    pack = line.pack(batch, [module := line.sealed_module(batch)])
    for unit in (pack, module):
        assert traced(line, unit["id"]) == traced(line, unit["serial"])
    found = pages(line.viewer, pack["id"], 1)
    assert [one["kind"] for page in found for one in page] == ["module", "cell", "cell"]


def test_trace_of_a_batch_has_its_packs_and_modules(line: Line) -> None:
    batch = line.batch()
    modules = [line.sealed_module(batch), line.module(batch), line.full_module(batch)]
    packs = [line.pack(batch, modules[:1]), line.pack(batch)]
    line.module(line.batch())
    current = [data(line.viewer.get(f"/v1/packs/{pack['id']}")) for pack in packs]
    below = [entry("pack", pack) for pack in current] + [entry("module", module) for module in modules]
    assert traced(line, batch["id"]) == {
        "serial": batch["id"],
        "kind": "batch",
        "id": batch["id"],
        "status": "IN_PROGRESS",
        "ancestors": of_batch(batch)[1:],
        "descendants": below,
        "holds": [],
    }
    for limit in (1, 2, 3):
        found = pages(line.viewer, batch["id"], limit)
        assert [one for page in found for one in page] == below
        assert {len(page) for page in found[:-1]} == {limit}


def test_trace_of_a_sku_has_its_batches(line: Line) -> None:
    sku = line.sku()
    batches = [line.draft_batch(sku), line.batch(sku), line.draft_batch(sku)]
    line.batch()
    below = [{"kind": "batch", "id": batch["id"], "status": batch["status"]} for batch in batches]
    found = traced(line, sku["id"])
    assert (found["kind"], found["status"], found["ancestors"], found["descendants"]) == ("sku", "ACTIVE", [], below)
    assert [one for page in pages(line.viewer, sku["id"], 2) for one in page] == below


def test_entry_that_changes_status_between_pages_is_listed_once(line: Line) -> None:
    batch = line.batch()
    modules = [line.full_module(batch) for _ in range(4)]
    first = trace(line.viewer, batch["id"], "?limit=2")
    for module in modules:
        data(line.seal("modules", module))
    second = trace(line.viewer, batch["id"], f"?limit=2&cursor={first.json['meta']['nextCursor']}")
    listed = [one["id"] for answer in (first, second) for one in data(answer)["descendants"]]
    assert listed == [module["id"] for module in modules]
    assert second.json["meta"]["nextCursor"] is None


@pytest.mark.parametrize("text", ["BAT-unknown", "SKU-unknown", "MOD-unknown", "PCK-unknown"])
def test_unknown_id_is_not_found(line: Line, text: str) -> None:
    assert trace(line.viewer, text).status == 404


def test_ids_of_another_organisation_are_not_found(line: Line) -> None:
    theirs = Line(line.world, OTHER)
    batch = theirs.batch()
    for text in (batch["id"], batch["sku"]["id"], theirs.module(batch)["id"], theirs.pack(batch)["id"]):
        assert trace(line.viewer, text).status == 404


def test_cursor_of_another_id_is_refused(line: Line) -> None:
    batch = line.batch()
    for _ in range(2):
        line.module(batch)
    cursor = trace(line.viewer, batch["id"], "?limit=1").json["meta"]["nextCursor"]
    for text in (batch["sku"]["id"], line.batch()["id"]):
        answer = trace(line.viewer, text, f"?cursor={cursor}")
        assert (answer.status, set(answer.fields)) == (422, {"cursor"})

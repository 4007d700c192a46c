"""What is above and below a serial number: cells, modules, packs, and who may know."""

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest

from infra.local.engine import EmbeddedEngine
from tests.builders.manufacturing import Data, Line, data
from tests.builders.trips import counted_trips
from tests.builders.world import OTHER, Answer, Person, World


def asked(person: Person, serial: str, query: str = "") -> Answer:
    return person.get(f"/v1/trace/{quote(serial, safe='')}{query}")


def traced(line: Line, serial: str, query: str = "") -> Data:
    return data(asked(line.viewer, serial, query))


def pages(person: Person, serial: str, limit: int) -> list[list[Any]]:
    """What is below, page by page, until no cursor comes; what is above is on each."""
    found: list[list[Any]] = []
    above, cursor = None, ""
    while True:
        answer = asked(person, serial, f"?limit={limit}{cursor}")
        told = data(answer)
        assert above in (None, told["ancestors"])
        above = told["ancestors"]
        found.append(told["descendants"])
        assert len(found[-1]) <= limit
        if answer.json["meta"]["nextCursor"] is None:
            return found
        cursor = f"&cursor={answer.json['meta']['nextCursor']}"


def cell(serial: str) -> Data:
    return {"kind": "cell", "id": serial, "serial": serial}


def entry(kind: str, thing: Data) -> Data:
    """A module or pack as a trace names it."""
    return {"kind": kind, "id": thing["id"], "serial": thing["serial"], "status": thing["status"]}


def of_batch(batch: Data) -> list[Data]:
    """A batch and its SKU as a trace names them."""
    return [
        {"kind": "batch", "id": batch["id"], "status": "IN_PROGRESS"},
        {"kind": "sku", "id": batch["sku"]["id"], "status": "ACTIVE"},
    ]


@pytest.fixture
def line(world: World) -> Line:
    return Line(world)


def test_a_pack_is_traced_down_to_its_cells_in_the_order_of_binding(line: Line) -> None:
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
    }


def test_a_module_is_traced_both_ways(line: Line) -> None:
    batch = line.batch()
    pack = line.pack(batch, [module := line.sealed_module(batch)])
    found = traced(line, module["serial"])
    assert (found["kind"], found["id"], found["status"]) == ("module", module["id"], "SEALED")
    assert found["ancestors"] == [entry("pack", pack), *of_batch(batch)]
    assert found["descendants"] == [cell(serial) for serial in line.cells_of(module)]


def test_a_cell_is_traced_up(line: Line) -> None:
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
    }


def test_what_is_not_in_a_pack_yet_has_none_above_it(line: Line) -> None:
    batch = line.batch()
    module = line.module(batch)
    assert traced(line, module["serial"]) == {
        "serial": module["serial"],
        "kind": "module",
        "id": module["id"],
        "status": "DRAFT",
        "ancestors": of_batch(batch),
        "descendants": [],
    }
    module = data(line.bind(module, "C-1"))
    assert traced(line, "C-1")["ancestors"] == [entry("module", module), *of_batch(batch)]


def test_an_empty_pack_has_nothing_below_it(line: Line) -> None:
    pack = line.pack(line.batch())
    assert traced(line, pack["serial"])["descendants"] == []


def test_a_module_of_another_batch_than_its_pack_has_both_above_it(line: Line) -> None:
    sku = line.sku()
    earlier, later = line.batch(sku), line.batch(sku)
    module = line.sealed_module(earlier)
    pack = line.pack(later, [module])
    above = [entry("pack", pack), of_batch(earlier)[0], *of_batch(later)]
    assert traced(line, module["serial"])["ancestors"] == above
    assert traced(line, line.cells_of(module)[0])["ancestors"] == [entry("module", module), *above]


def test_a_cell_that_was_taken_off_is_known_and_nowhere(line: Line) -> None:
    module = line.full_module(line.batch())
    serial, stays = line.cells_of(module)
    line.unbind(module, serial)
    removed = {"serial": serial, "kind": "cell", "id": serial, "status": "REMOVED", "ancestors": [], "descendants": []}
    assert traced(line, serial) == removed
    assert traced(line, module["serial"])["descendants"] == [cell(stays)]
    data(line.bind(module, serial))
    assert traced(line, serial)["status"] == "BOUND"
    assert traced(line, module["serial"])["descendants"] == [cell(stays), cell(serial)]


def test_a_serial_that_nobody_has_does_not_exist(line: Line) -> None:
    answer = asked(line.viewer, "nothing")
    assert (answer.status, answer.code, answer.json["error"]["details"]) == (404, "NOT_FOUND", {"serial": "nothing"})


@pytest.mark.parametrize("path", ["", "/export"])
def test_what_another_organisation_has_does_not_exist(line: Line, path: str) -> None:
    theirs = Line(line.world, OTHER)
    module = theirs.full_module(theirs.batch())
    for serial in (module["serial"], theirs.cells_of(module)[0]):
        answer = line.admin.get(f"/v1/trace/{serial}{path}")
        assert (answer.status, answer.code) == (404, "NOT_FOUND")
        assert theirs.viewer.get(f"/v1/trace/{serial}{path}").status == 200


@pytest.mark.parametrize("path", ["", "/export"])
def test_a_serial_that_moved_on_to_another_organisation_is_only_ones_own_past(line: Line, path: str) -> None:
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
def test_who_may_not_trace_is_told_so(world: World, path: str) -> None:
    answer = world.person("courier").get(f"/v1/{path}")
    assert (answer.status, answer.code) == (403, "ACCESS_DENIED")
    assert world.call("GET", f"/v1/{path}").code == "AUTH_REQUIRED"


@pytest.mark.parametrize("path", ["", "/export"])
def test_a_permission_for_ones_own_does_not_reach_the_line(line: Line, path: str) -> None:
    rights = {"permissions": [{"code": "manufacturing.trace.read", "scope": "own"}]}
    assert line.admin.put("/v1/roles/VIEW_ONLY", rights).status == 200
    module = line.module(line.batch())
    assert line.viewer.get(f"/v1/trace/{module['serial']}{path}").code == "ACCESS_DENIED"
    assert line.viewer.get(f"/v1/trace/nothing{path}").code == "NOT_FOUND"
    assert line.viewer.get("/v1/trace/affected?cellLot=L-1").code == "ACCESS_DENIED"


@pytest.mark.parametrize("role", ["admin", "production", "qa", "supervisor", "viewer"])
def test_every_role_of_the_console_may_trace(line: Line, role: str) -> None:
    module = line.module(line.batch())
    person: Person = getattr(line, role)
    for path in (f"trace/{module['serial']}", f"trace/{module['serial']}/export", "trace/affected?cellLot=L-1"):
        assert person.get(f"/v1/{path}").status == 200


def test_serials_with_unusual_characters_are_traced(line: Line) -> None:
    module = line.module(line.batch())
    for serial in ("A/B#C%D?E&F", "~", "(01)09521234543213(21)77", "'\"\\", "%23", "+"):
        data(line.bind(line.module(line.batch(cellsPerModule=1)), serial))
        assert traced(line, serial)["serial"] == serial
    assert traced(line, module["serial"])["descendants"] == []


# --- pages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 7, 1000])
def test_pages_of_a_pack_together_are_all_of_it_and_each_thing_once(line: Line, limit: int) -> None:
    batch = line.batch(cellsPerModule=3, modulesPerPack=3)
    pack = line.pack(batch, [line.sealed_module(batch) for _ in range(3)])
    whole = traced(line, pack["serial"])["descendants"]
    assert len(whole) == 12
    found = pages(line.viewer, pack["serial"], limit)
    assert [one for page in found for one in page] == whole
    assert all(found) or found == [[]]


@pytest.mark.parametrize("limit", [1, 2, 5, 100])
def test_pages_of_a_module_step_over_what_was_taken_off(line: Line, limit: int) -> None:
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


def test_a_page_goes_on_although_its_last_cell_was_taken_off(line: Line) -> None:
    module = line.module(line.batch(cellsPerModule=9))
    line.bind_tray(module, ["A", "B", "C", "D"])
    first = asked(line.viewer, module["serial"], "?limit=2")
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
def test_every_bad_parameter_is_named(line: Line, query: str, bad: set[str]) -> None:
    module = line.module(line.batch())
    answer = asked(line.viewer, module["serial"], f"?{query}")
    assert (answer.status, answer.code, set(answer.fields)) == (422, "VALIDATION_ERROR", bad)


def test_a_cursor_belongs_to_one_serial(line: Line) -> None:
    one, other = (line.full_module(line.batch()) for _ in range(2))
    cursor = asked(line.viewer, one["serial"], "?limit=1").json["meta"]["nextCursor"]
    answer = asked(line.viewer, other["serial"], f"?cursor={cursor}")
    assert (answer.status, set(answer.fields)) == (422, {"cursor"})


# --- what it costs ---------------------------------------------------------------------------------------------


def test_a_trace_takes_few_round_trips(line: Line, engine: EmbeddedEngine) -> None:
    batch = line.batch()
    pack = line.pack(batch, [module := line.sealed_module(batch), line.sealed_module(batch)])
    for serial, most in ((pack["serial"], 3), (module["serial"], 3), (line.cells_of(module)[0], 3)):
        with counted_trips(engine) as trips:
            traced(line, serial)
        assert len(trips) <= most, trips.made


def test_nobody_learns_from_a_trace_who_else_uses_a_serial(line: Line) -> None:
    theirs = Line(line.world, OTHER)
    data(theirs.bind(theirs.module(theirs.batch()), "TAKEN"))
    nothing, taken = (asked(line.viewer, serial) for serial in ("NOWHERE", "TAKEN"))
    assert nothing.text.replace("NOWHERE", "TAKEN") == taken.text


PLACES = [
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
@pytest.mark.parametrize("place", PLACES)
def test_an_edited_cursor_is_refused_or_leads_somewhere_in_the_list(line: Line, path: str, place: str) -> None:
    batch = line.batch()
    pack = line.pack(batch, modules := [line.sealed_module(batch) for _ in range(2)])
    for serial in (pack["serial"], modules[0]["serial"]):
        answer = line.viewer.get(f"/v1/trace/{serial}{path}")
        text = answer.json["meta"]["nextCursor"] if "limit" in path else answer.headers["Link"]
        cursor = text.partition("nextPageToken=")[2].partition(">")[0] or text
        name = "cursor" if "limit" in path else "nextPageToken"
        wanted = edited(cursor, place.format(module=modules[1]["id"], pack=pack["id"]))
        again = line.viewer.get(f"/v1/trace/{serial}{path}&{name}={wanted}")
        assert again.status == 200 or (again.status, set(again.fields)) == (422, {name}), again


def edited(cursor: str, place: str) -> str:
    """The cursor of another place in the same list."""
    owner, _ = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return base64.urlsafe_b64encode(json.dumps([owner, {"sk": {"S": place}}]).encode()).decode().rstrip("=")

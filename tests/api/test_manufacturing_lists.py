"""Lists of SKUs, batches, modules and packs: pages, filters, exact totals, a stable order, and their cost."""

from typing import Any

import pytest

from chalicelib.identity.roles.tables import RolePermissions, role_key
from chalicelib.manufacturing import status_counters
from chalicelib.manufacturing.list_keys import (
    LIST_SHARDS,
    list_partition,
    list_sort_key,
    serial_sort_key,
)
from chalicelib.manufacturing.rules import STATE_MACHINES, ModuleStatus, list_sections
from chalicelib.manufacturing.tables import Module, module_key
from infra.local.engine import EmbeddedEngine
from tests.builders.manufacturing import Data, Line, data
from tests.builders.trips import counted_trips
from tests.builders.world import DEMO, OTHER, Answer, Person, World

KINDS = ("skus", "batches", "modules", "packs")


def ids(answer: Answer) -> list[str]:
    assert answer.status == 200, answer
    return [one["id"] for one in answer.json["data"]]


def add_modules(world: World, module: Module, how_many: int, shard: int | None = None) -> list[str]:
    """Store copies of a module, in one of its shards or in all, and count them; return their ids."""
    pattern, made = module.to_dynamodb_dict(), list[str]()
    with Module.batch_write() as batch:
        while len(made) < how_many:
            item_id = f"MOD-{world.ids.new()}"
            if shard is None or LIST_SHARDS["module"].number_of(item_id) == shard:
                batch.save(copy_of(pattern, item_id, f"WIDE-{len(made):05}"))
                made.append(item_id)
    owners = [None, module.sku_id, module.batch_id]
    world.run(lambda work: status_counters.change_counts(work, DEMO, "module", owners, {"DRAFT": how_many}))
    return made


def copy_of(pattern: dict[str, Any], item_id: str, serial: str) -> Module:
    """Return a module like a stored one, with its own id and serial number."""
    copy = Module()
    copy.from_dynamodb_dict(pattern)
    copy.pk, copy.sk = module_key(DEMO, item_id).pk, "MODULE"
    copy.item_id, copy.serial, copy.search = item_id, serial, f"{serial} {item_id}".lower()
    copy.sort_key, copy.serial_order = list_sort_key(copy.status, item_id), serial_sort_key(serial, item_id)
    owners = {"org_list": None, "sku_list": copy.sku_id, "batch_list": copy.batch_id}
    for name, owner in owners.items():
        setattr(copy, name, list_partition(DEMO, "module", owner, item_id))
    return copy


def found(person: Person, path: str) -> tuple[list[str], int]:
    """Return the ids on a page and the total."""
    answer = person.get(path)
    return ids(answer), answer.json["meta"]["totalCount"]


@pytest.mark.parametrize("kind", KINDS)
def test_empty_list(world: World, kind: str) -> None:
    answer = Line(world).viewer.get(f"/v1/{kind}")
    meta = {"totalCount": 0, "page": 1, "pageSize": 20}
    assert (answer.status, answer.json) == (200, {"success": True, "data": [], "meta": meta})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=x", "page=1.5", "pageSize=0", "pageSize=101", "status=GONE", "page=1&page=2"]
)
def test_invalid_page_is_refused(world: World, kind: str, query: str) -> None:
    answer = Line(world).viewer.get(f"/v1/{kind}?{query}")
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    assert list(answer.fields) == [query.partition("=")[0]]


def test_pages_hold_every_item_once_newest_first(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    made = []
    for number in range(23):
        made.append(line.module(batch)["id"])
        if number % 3:
            data(line.bind({"id": made[-1]}, f"C-{number}"))
        world.clock.advance(milliseconds=number % 2)
    made.reverse()
    seen = []
    for page in range(1, 6):
        answer = line.viewer.get(f"/v1/modules?page={page}&pageSize=5")
        meta = answer.json["meta"]
        assert ("nextCursor" in meta) == (page < 5)
        meta.pop("nextCursor", None)
        assert meta == {"totalCount": 23, "page": page, "pageSize": 5}
        seen += ids(answer)
    assert seen == made
    assert found(line.viewer, "/v1/modules?page=6&pageSize=5") == ([], 23)
    assert found(line.viewer, "/v1/modules?pageSize=100") == (made, 23)
    assert found(line.viewer, "/v1/modules") == (made[:20], 23)


def test_totals_are_exact_for_every_combination_of_filters(world: World) -> None:
    line = Line(world)
    skus = [line.sku(name=name, cellsPerModule=1, modulesPerPack=1) for name in ("Alpha", "Beta")]
    batches = [line.batch(sku) for sku in (skus[0], skus[0], skus[1])]
    entities: dict[str, list[Data]] = {"modules": [], "packs": []}
    for batch in batches:
        entities["modules"] += [line.module(batch), line.full_module(batch), line.sealed_module(batch)]
        packs = [line.pack(batch), line.ready_pack(batch), line.finished_pack(batch)]
        packs.append(line.pack(batch, [line.sealed_module(batch)]))
        entities["packs"] += packs
    seen = {kind: line.viewer.get(f"/v1/{kind}?pageSize=100").json["data"] for kind in entities}
    assert {one["id"] for one in entities["packs"]} == {one["id"] for one in seen["packs"]}
    for kind, rows in seen.items():
        for status in (None, *sorted({row["status"] for row in rows})):
            for sku_id in (None, skus[0]["id"], skus[1]["id"], "SKU-none"):
                for batch_id in (None, batches[0]["id"], batches[2]["id"], "BAT-none"):
                    filters = {"status": status, "skuId": sku_id, "batchId": batch_id}
                    chosen = {name: value for name, value in filters.items() if value}
                    expected = [row["id"] for row in rows if all(row[name] == chosen[name] for name in chosen)]
                    query = "&".join(f"{name}={value}" for name, value in chosen.items())
                    assert found(line.viewer, f"/v1/{kind}?pageSize=100&{query}") == (expected, len(expected)), chosen
                    assert found(line.viewer, f"/v1/{kind}?pageSize=1&page=2&{query}") == (
                        expected[1:2],
                        len(expected),
                    )


def test_filter_by_an_id_of_another_kind_matches_no_row(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    line.module(batch)
    assert found(line.viewer, f"/v1/modules?skuId={batch['id']}") == ([], 0)
    assert found(line.viewer, f"/v1/modules?batchId={batch['skuId']}") == ([], 0)
    assert found(line.viewer, f"/v1/modules?batchId={batch['skuId']}&skuId={batch['skuId']}") == ([], 0)


def test_batches_by_sku_and_status(world: World) -> None:
    line = Line(world)
    one, other = line.sku(), line.sku()
    draft, running, done, elsewhere = line.draft_batch(one), line.batch(one), line.batch(one), line.batch(other)
    line.finished_pack(done)
    data(line.qa.patch(f"/v1/batches/{done['id']}/complete"))
    assert found(line.viewer, f"/v1/batches?skuId={one['id']}") == ([done["id"], running["id"], draft["id"]], 3)
    assert found(line.viewer, "/v1/batches?status=IN_PROGRESS") == ([elsewhere["id"], running["id"]], 2)
    assert found(line.viewer, f"/v1/batches?status=COMPLETED&skuId={one['id']}") == ([done["id"]], 1)
    assert found(line.viewer, "/v1/skus?status=ACTIVE") == ([other["id"], one["id"]], 2)


def decided_packs(line: Line, batch: Data) -> dict[str, str]:
    """Return the ids of packs by what happened to them, in the order of their creation."""
    packs = {name: line.finished_pack(batch, name.partition(" ")[0]) for name in ("PASS", "FAIL", "PASS shipped")}
    packs |= {name: line.ready_pack(batch) for name in ("waits", "QUARANTINE", "QUARANTINE void", "FAIL after")}
    for name in ("QUARANTINE", "QUARANTINE void", "FAIL after"):
        data(line.dispose(packs[name], "QUARANTINE"))
    data(line.dispose(packs["FAIL after"], "FAIL"))
    data(line.ship(packs["PASS shipped"]))
    data(line.void(packs["QUARANTINE void"]))
    return {name: pack["id"] for name, pack in packs.items()}


def test_packs_are_listed_by_disposition(world: World) -> None:
    line = Line(world)
    batch, other = line.batch(), line.batch()
    packs, elsewhere = decided_packs(line, batch), line.ready_pack(other)
    data(line.dispose(elsewhere, "QUARANTINE"))

    def listed(query: str, *names: str) -> None:
        expected = [packs[name] for name in reversed(packs) if name in names]
        assert found(line.viewer, f"/v1/packs?batchId={batch['id']}&{query}") == (expected, len(expected)), query

    listed("disposition=PASS", "PASS", "PASS shipped")
    listed("disposition=FAIL", "FAIL", "FAIL after")
    listed("disposition=QUARANTINE", "QUARANTINE", "QUARANTINE void")
    listed("disposition=QUARANTINE&status=READY_FOR_EOL", "QUARANTINE")
    listed("disposition=PASS&status=SHIPPED", "PASS shipped")
    listed("disposition=PASS&status=DRAFT")
    listed("status=READY_FOR_EOL", "QUARANTINE", "waits")
    listed("", *packs)
    assert found(line.viewer, "/v1/packs?disposition=QUARANTINE")[1] == 3
    assert found(line.viewer, f"/v1/packs?disposition=QUARANTINE&skuId={other['skuId']}") == ([elsewhere["id"]], 1)
    answer = line.viewer.get("/v1/packs?disposition=MAYBE")
    assert (answer.status, list(answer.fields)) == (422, ["disposition"])


def test_rework_and_return_take_packs_from_the_lists_of_their_disposition(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    failed, shipped, quarantined = line.finished_pack(batch, "FAIL"), line.finished_pack(batch), line.ready_pack(batch)
    data(line.ship(shipped))
    data(line.dispose(quarantined, "QUARANTINE"))
    data(line.rework(failed))
    data(line.rework(quarantined))
    data(line.take_back(shipped), 201)
    for disposition in ("PASS", "FAIL", "QUARANTINE"):
        assert found(line.viewer, f"/v1/packs?disposition={disposition}") == ([], 0)
    assert found(line.viewer, "/v1/packs?status=READY_FOR_EOL") == ([shipped["id"]], 1)
    assert found(line.viewer, "/v1/packs")[1] == 3


def test_a_disposition_cannot_be_stored_past_the_lists(world: World) -> None:
    line = Line(world)
    pack = line.stored_pack(line.ready_pack(line.batch()))
    with pytest.raises(ValueError, match="is listed in READY_FOR_EOL and has to be in READY_FOR_EOL_QUARANTINE"):
        world.run(lambda work: work.update(pack, {"disposition": "QUARANTINE"}))
    with pytest.raises(ValueError, match="has to be in VOID"):
        world.run(lambda work: work.update(line.stored_pack({"id": pack.item_id}), {"status": "VOID"}))


def test_every_section_is_counted() -> None:
    for kind in STATE_MACHINES:
        assert all(hasattr(status_counters.StatusCounter, section) for section in list_sections(kind))


@pytest.mark.parametrize(
    ("kind", "q", "hits"),
    [
        ("skus", "traction", 2),
        ("skus", "TR-60", 2),
        ("skus", "lfp", 2),
        ("skus", "nmc", 0),
        ("batches", "night shift", 1),
        ("batches", "TRACTION", 2),
        ("batches", "bat-", 2),
        ("modules", "m-alpha", 1),
        ("modules", "M-ALP", 1),
        ("modules", "alpha", 0),
        ("modules", "50%", 1),
        ("modules", "5", 1),
        ("modules", "%", 0),
        ("modules", "mod-", 2),
        ("packs", "p-", 1),
        ("packs", "P-1", 1),
        ("packs", "P-10", 0),
        ("packs", "pck-", 1),
        ("packs", "", 1),
    ],
)
def test_q_finds_skus_and_batches_by_any_text_and_units_by_the_begin_of_their_serial(
    world: World, kind: str, q: str, hits: int
) -> None:
    line = Line(world)
    line.draft_batch(notes="Night shift")
    batch = line.batch()
    line.module(batch, "M-Alpha")
    line.module(batch, "50%")
    line.pack(batch, serial="P-1")
    escaped = q.replace("%", "%25").replace(" ", "%20")
    rows, total = found(line.viewer, f"/v1/{kind}?q={escaped}")
    assert (len(rows), total) == (hits, hits)


def test_q_combines_with_other_filters_and_pages(world: World) -> None:
    line = Line(world)
    one, other = line.batch(), line.batch()
    first, second, third = (line.module(one, f"WIDE-{number}") for number in range(3))
    line.module(one, "TALL")
    line.module(other, "WIDE-9")
    data(line.bind(second, "C"))
    path = f"/v1/modules?q=wide-&batchId={one['id']}"
    expected = [third["id"], second["id"], first["id"]]
    assert found(line.viewer, path) == (expected, 3)
    assert found(line.viewer, f"{path}&pageSize=2&page=2") == (expected[2:], 3)
    assert found(line.viewer, f"{path}&status=DRAFT") == ([third["id"], first["id"]], 2)
    assert found(line.viewer, f"{path}&skuId={other['skuId']}") == ([], 0)


@pytest.mark.parametrize("kind", ["modules", "packs"])
def test_q_finds_a_unit_by_its_id_or_the_begin_of_it(world: World, kind: str) -> None:
    line = Line(world)
    batch = line.batch()
    one = (line.module(batch) if kind == "modules" else line.pack(batch))["id"]
    world.clock.advance(minutes=5)
    other = (line.module(batch) if kind == "modules" else line.pack(batch))["id"]
    assert found(line.viewer, f"/v1/{kind}?q={one}") == ([one], 1)
    assert found(line.viewer, f"/v1/{kind}?q={one.upper()}") == ([one], 1)
    assert found(line.viewer, f"/v1/{kind}?q={other[:13]}") == ([other], 1)
    assert found(line.viewer, f"/v1/{kind}?q={one[:8].lower()}&status=DRAFT") == ([other, one], 2)
    assert found(line.viewer, f"/v1/{kind}?q={one[:8].lower()}&status=IN_PROGRESS") == ([], 0)


def test_q_reads_at_most_500_matches_and_says_so(world: World, engine: EmbeddedEngine) -> None:
    line = Line(world)
    module = line.stored_module(line.module(line.batch(), "WIDE-0"))
    add_modules(world, module, 600)
    answer = line.viewer.get("/v1/modules?q=wide-&pageSize=100&page=4")
    assert len(ids(answer)) == 100
    assert answer.json["meta"]["moreMatches"] is True
    assert 480 <= answer.json["meta"]["totalCount"] <= 500
    narrow = line.viewer.get("/v1/modules?q=wide-00012").json
    assert [one["serial"] for one in narrow["data"]] == ["WIDE-00012"]
    assert narrow["meta"] == {"totalCount": 1, "page": 1, "pageSize": 20}


def test_free_modules_are_sealed_and_in_no_pack_through_every_step(world: World) -> None:
    line = Line(world)
    batch = line.batch(line.sku(cellsPerModule=1, modulesPerPack=2))
    line.module(batch)
    first, second, third = (line.sealed_module(batch) for _ in range(3))

    def free(*modules: Data) -> None:
        expected = [module["id"] for module in reversed(modules)]
        for query in ("", "&status=SEALED", f"&batchId={batch['id']}", f"&skuId={batch['skuId']}"):
            assert found(line.viewer, f"/v1/modules?free=true{query}") == (expected, len(expected)), query

    free(first, second, third)
    pack = line.pack(batch, [first])
    data(line.bind_module(pack, second))
    free(third)
    assert found(line.viewer, f"/v1/modules?packId={pack['id']}") == ([second["id"], first["id"]], 2)
    data(line.unbind_module(pack, first))
    free(first, third)
    data(line.scrap(first))
    free(third)
    data(line.void(pack))
    free(second, third)
    assert found(line.viewer, f"/v1/modules?packId={pack['id']}") == ([], 0)


def test_modules_of_a_pack_and_free_ones_combine_with_other_filters(world: World) -> None:
    line = Line(world)
    batch, other = line.batch(), line.batch()
    module, elsewhere = line.sealed_module(batch), line.sealed_module(other)
    assert found(line.viewer, f"/v1/modules?free=true&q={module['serial'].lower()}") == ([module["id"]], 1)
    assert found(line.viewer, f"/v1/modules?free=true&q={module['id']}") == ([module["id"]], 1)
    assert found(line.viewer, "/v1/modules?free=true&pageSize=1&page=2") == ([module["id"]], 2)
    assert found(line.viewer, "/v1/modules?free=false")[1] == 2
    assert found(line.viewer, "/v1/modules?free=true&status=DRAFT") == ([], 0)
    pack = line.pack(other, [elsewhere])
    assert found(line.viewer, f"/v1/modules?packId={pack['id']}&batchId={batch['id']}") == ([], 0)
    assert found(line.viewer, f"/v1/modules?packId={pack['id']}&status=SEALED") == ([elsewhere["id"]], 1)
    assert found(line.viewer, "/v1/modules?packId=BAT-1") == ([], 0)
    assert found(world.person("VIEW_ONLY", org_id=OTHER), f"/v1/modules?packId={pack['id']}") == ([], 0)
    assert found(line.viewer, f"/v1/modules?packId={pack['id']}&free=true") == ([], 0)
    for query in (f"packId={pack['id']}", "free=true"):
        refused = line.viewer.get(f"/v1/modules?{query}&cursor=x")
        assert (refused.status, refused.fields) == (422, {"cursor": "cannot be combined with q, packId or free"})


def test_free_modules_cost_two_round_trips_however_many_are_in_packs(world: World, engine: EmbeddedEngine) -> None:
    line = Line(world)
    batch = line.batch(line.sku(cellsPerModule=1, modulesPerPack=1))
    for _ in range(5):
        line.pack(batch, [line.sealed_module(batch)])
    free = line.sealed_module(batch)
    read: list[int] = []
    with engine.before(None, lambda operation, _: read.append(operation == "Query")):
        assert found(line.viewer, "/v1/modules?free=true") == ([free["id"]], 1)
    assert read == [False, True, True, True, True]  # the authentication, and one query for each shard


def test_pages_after_a_cursor_hold_every_item_once_however_many_there_are(world: World, engine: EmbeddedEngine) -> None:
    line = Line(world)
    batch = line.batch()
    made = [line.module(batch)["id"] for _ in range(3)]
    made += add_modules(world, line.stored_module({"id": made[0]}), 500)
    data(line.bind({"id": made[1]}, "C-1"))
    made.sort(reverse=True)
    for query in ("", f"&batchId={batch['id']}", f"&skuId={batch['skuId']}&batchId={batch['id']}"):
        seen: list[str] = []
        answer = line.viewer.get(f"/v1/modules?pageSize=100{query}")
        while True:
            seen += ids(answer)
            assert answer.json["meta"]["totalCount"] == 503
            cursor = answer.json["meta"].get("nextCursor")
            if cursor is None:
                break
            answer = line.viewer.get(f"/v1/modules?pageSize=100{query}&cursor={cursor}")
        assert seen == made
    with counted_trips(engine) as trips:
        far = found(line.viewer, "/v1/modules?pageSize=50&page=9")
    assert far == (made[400:450], 503)
    assert len(trips) == 2
    with counted_trips(engine) as trips:
        line.viewer.get(f"/v1/modules?q={made[7]}")
    assert (len(trips), trips.calls) == (2, 1 + len(ModuleStatus))


def test_cursor_of_another_list_and_with_q_is_refused(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    for _ in range(2):
        line.module(batch)
    cursor = line.viewer.get("/v1/modules?pageSize=1").json["meta"]["nextCursor"]
    assert line.viewer.get(f"/v1/modules?cursor={cursor}").status == 200
    refused = {"cursor": "is not a valid cursor for this list"}
    assert line.viewer.get(f"/v1/modules?status=DRAFT&cursor={cursor}").fields == refused
    assert line.viewer.get(f"/v1/packs?cursor={cursor}").fields == refused
    assert line.viewer.get("/v1/modules?cursor=AAAA").fields == refused
    assert line.viewer.get(f"/v1/modules?q=a&cursor={cursor}").fields == {
        "cursor": "cannot be combined with q, packId or free"
    }
    after = line.viewer.get(f"/v1/modules?page=9&pageSize=1&cursor={cursor}").json
    assert (len(after["data"]), after["meta"]) == (1, {"totalCount": 2, "page": 1, "pageSize": 1})


def test_a_shard_that_holds_most_of_the_newest_modules_is_read_on(world: World) -> None:
    line = Line(world)
    module = line.stored_module(line.module(line.batch()))
    made = add_modules(world, module, 400, shard=2)
    assert found(line.viewer, "/v1/modules?pageSize=100&page=4") == (sorted(made, reverse=True)[300:400], 401)


def test_rows_equal_details_without_contents(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    line.finished_pack(batch)
    more = {
        "modules": ["cells", "changes", "tests", "holds"],
        "packs": ["modules", "dispositions", "changes", "tests", "holds"],
        "batches": ["holds"],
        "skus": [],
    }
    for kind, only_in_detail in more.items():
        for row in line.viewer.get(f"/v1/{kind}").json["data"]:
            whole = data(line.viewer.get(f"/v1/{kind}/{row['id']}"))
            assert row == {name: value for name, value in whole.items() if name not in only_in_detail}


@pytest.mark.parametrize("kind", KINDS)
def test_lists_show_only_the_own_organisation(world: World, kind: str) -> None:
    theirs = Line(world, OTHER)
    theirs.finished_pack(theirs.batch())
    line = Line(world)
    assert found(line.viewer, f"/v1/{kind}") == ([], 0)
    assert found(theirs.viewer, f"/v1/{kind}")[1] > 0


def test_scope_own_covers_only_own_modules(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    mine, colleague = line.module(batch), world.person("PRODUCTION")
    body = {"batchId": batch["id"], "serial": "THEIRS"}
    theirs = data(colleague.post("/v1/modules", body), 201)
    held = {f"manufacturing.module.{what}": "own" for what in ("read", "bind", "seal", "create")}

    def narrow(work: Any) -> None:
        work.update_unread(role_key(DEMO, "PRODUCTION"), actions=[RolePermissions.permissions.set(held)])

    world.run(narrow)
    assert found(colleague, "/v1/modules") == ([theirs["id"]], 1)
    assert found(colleague, "/v1/modules?q=m-") == ([], 0)
    assert colleague.get(f"/v1/modules/{mine['id']}").code == "ACCESS_DENIED"
    assert colleague.patch(f"/v1/modules/{mine['id']}/bind-cell", {"serial": "C"}).code == "ACCESS_DENIED"
    assert colleague.patch(f"/v1/modules/{theirs['id']}/bind-cell", {"serial": "C"}).status == 200


@pytest.mark.parametrize("query", ["", "status=DRAFT", "batchId={batch}", "batchId={batch}&skuId={sku}", "q=m"])
def test_page_costs_the_authentication_and_one_round_of_parallel_calls(
    world: World, engine: EmbeddedEngine, query: str
) -> None:
    line = Line(world)
    batch = line.batch()
    for _ in range(3):
        line.module(batch)
    calls: list[tuple[str, Data]] = []
    path = "/v1/modules?" + query.format(batch=batch["id"], sku=batch["skuId"])
    with engine.before(None, lambda operation, request: calls.append((operation, request))):
        assert found(line.viewer, path)[1] == 3
    assert calls[0][0] == "BatchGetItem"
    queries = [request for operation, request in calls[1:] if operation == "Query"]
    assert all("ExclusiveStartKey" not in request for request in queries)  # no query depends on another
    limit = 126 if "q=" in query else 20  # nothing beyond the page, or beyond the matches that are read
    assert {request.get("Limit") for request in queries} == {limit}
    assert {operation for operation, _ in calls[1:]} == {"Query"}
    assert len(calls) <= 1 + 4 * len(ModuleStatus)


def test_page_far_beyond_the_end_reads_no_rows(world: World, engine: EmbeddedEngine) -> None:
    line = Line(world)
    batch = line.batch()
    for _ in range(3):
        line.module(batch)
    calls: list[str] = []
    with engine.before(None, lambda operation, _: calls.append(operation)):
        both = f"&batchId={batch['id']}&skuId={batch['skuId']}"
        for query in ("", "&status=DRAFT", f"&skuId={batch['skuId']}", f"&batchId={batch['id']}", both):
            assert found(line.viewer, f"/v1/modules?page=100&pageSize=100{query}") == ([], 3)
        assert found(line.viewer, f"/v1/modules?page=100&pageSize=100&batchId={batch['id']}&skuId=SKU-none") == ([], 0)
    assert calls == ["BatchGetItem"] * 6  # the authentication with the counters


@pytest.mark.parametrize("kind", KINDS)
def test_pages_beyond_row_10000_are_refused(world: World, kind: str) -> None:
    answer = Line(world).viewer.get(f"/v1/{kind}?page=102&pageSize=100")
    assert (answer.status, answer.fields) == (422, {"page": "must not begin beyond row 10,000; use filters"})
    assert found(Line(world).viewer, f"/v1/{kind}?page=100&pageSize=100") == ([], 0)


def test_total_is_never_negative(world: World) -> None:
    """A module may be seen to leave a status, in one shard, before it is seen to enter it, in another."""
    line = Line(world)
    world.run(lambda work: status_counters.change_counts(work, DEMO, "module", [None], {"DRAFT": -1, "IN_PROGRESS": 1}))
    assert found(line.viewer, "/v1/modules?status=DRAFT") == ([], 0)
    assert found(line.viewer, "/v1/modules?status=IN_PROGRESS") == ([], 1)


@pytest.mark.parametrize("kind", KINDS)
def test_reading_one_entity_costs_two_round_trips(world: World, engine: EmbeddedEngine, kind: str) -> None:
    line = Line(world)
    line.finished_pack(line.batch())
    one = line.viewer.get(f"/v1/{kind}").json["data"][0]["id"]
    calls: list[str] = []
    with engine.before(None, lambda operation, _: calls.append(operation)):
        data(line.viewer.get(f"/v1/{kind}/{one}"))
    assert calls[0] == "BatchGetItem"
    assert (
        sorted(calls[1:])
        == {
            "skus": [],
            "batches": ["GetItem"],
            "modules": ["GetItem", "Query", "Query"],
            "packs": ["GetItem", "Query", "Query", "Query"],
        }[kind]
    )

"""The command that replays the ledgers of picking and repairs differences."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.core.store import get
from chalicelib.picking.ledger.entries import encode_state, ledger_segments, stored_entries
from chalicelib.picking.ledger.tables import event_record_key
from chalicelib.picking.tables import Assignment, PickList, lines_key, picker_key
from infra import rebuild
from infra.local.engine import EmbeddedEngine
from tests.builders.picking import Scanner, at_work, event, load, record, state_of, stored
from tests.builders.world import DEMO, OTHER, World


@pytest.fixture
def scanner(world: World) -> Scanner:
    """The scanner of a picker who picked two, undid one and opened the tracker."""
    made = Scanner(world, at_work(world))
    made.send_scans(2)
    made.send_event("undo")
    assert made.send(event("tracker_opened", {}, world.clock.now())) == ["accepted"]
    load(world, record(), org_id=OTHER)
    return made


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    """Return the exit code and the printed lines."""
    exit_code = rebuild.main(["picking", *arguments])
    return exit_code, capsys.readouterr().out.splitlines()


def damage(**values: Any) -> None:
    """Store other values in the assignment than its ledger gives."""
    assignment = stored()
    assignment.update(actions=[getattr(Assignment, name).set(value) for name, value in values.items()])


def test_equal_data_prints_only_the_summary(scanner: Scanner, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys) == (0, ["3 checked, 0 differ, 0 repaired, 0 with gaps"])
    assert run(capsys, "--org", OTHER) == (0, ["1 checked, 0 differ, 0 repaired, 0 with gaps"])


def test_difference_is_printed_and_not_changed(scanner: Scanner, capsys: pytest.CaptureFixture[str]) -> None:
    damage(units=Decimal(7))
    exit_code, printed = run(capsys)
    assert exit_code == 1
    assert printed == [
        "demo PA-1: units is stored as Decimal('7'), the ledger says Decimal('1')",
        "3 checked, 1 differ, 0 repaired, 0 with gaps",
    ]
    assert stored().units == 7


def test_write_repairs_a_difference(scanner: Scanner, capsys: pytest.CaptureFixture[str]) -> None:
    state = state_of()
    state.picked = {}
    state.wraps = 3
    damage(units=Decimal(7), status="queued", state=encode_state(state))
    exit_code, printed = run(capsys, "--write")
    assert (exit_code, printed[-1]) == (0, "3 checked, 1 differ, 1 repaired, 0 with gaps")
    assert {sentence.split()[2] for sentence in printed[:-1]} == {"picked", "wraps", "units", "status"}
    assert run(capsys)[0] == 0
    assert stored().units == 1
    assert scanner.world.audit()[-1].action_type == "ASSIGNMENT_REBUILT"


def test_write_counts_an_assignment_in_its_zone(scanner: Scanner, capsys: pytest.CaptureFixture[str]) -> None:
    """Those that were imported before there were counts are in none."""
    stored().update(actions=[Assignment.counted_as.remove()])
    zones = scanner.world.person("supervisor").get("/v1/picking/zones").json["zones"]
    exit_code, printed = run(capsys, "--write")
    assert (exit_code, printed[-1]) == (0, "3 checked, 1 differ, 1 repaired, 0 with gaps")
    assert printed[0] == "demo PA-1: counted_as is stored as None, the ledger says 'Ambient#active'"
    [zone] = scanner.world.person("supervisor").get("/v1/picking/zones").json["zones"]
    assert zone == {**zones[0], "active": zones[0]["active"] + 1}
    assert run(capsys)[0] == 0


def test_repair_includes_entries_added_meanwhile(
    scanner: Scanner, engine: EmbeddedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    state = state_of()
    state.wraps = 3
    damage(state=encode_state(state))
    engine.before("TransactWriteItems", lambda *_: scanner.send_scans(1), times=1)
    assert run(capsys, "--write")[0] == 0
    assert (int(stored().units), state_of().wraps) == (2, 0)
    assert run(capsys)[0] == 0


def test_unreadable_state_is_repaired(scanner: Scanner, capsys: pytest.CaptureFixture[str]) -> None:
    damage(state="{nonsense")
    exit_code, printed = run(capsys, "--write")
    assert (exit_code, printed[0]) == (0, "demo PA-1: state is stored as '{nonsense', which cannot be read")
    assert run(capsys)[0] == 0
    assert scanner.send(scanner.scan()) == ["accepted"]


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_ledger_with_a_gap_repairs_nothing(scanner: Scanner, capsys: pytest.CaptureFixture[str], lost: int) -> None:
    """An incomplete ledger gives less than the state that was folded from the complete one."""
    before = stored()
    segment = list(ledger_segments(before.pk).all())[lost]
    segment.delete()
    exit_code, printed = run(capsys, "--write")
    assert exit_code == 1
    assert printed[-1] == "3 checked, 0 differ, 0 repaired, 1 with gaps"
    sentence = ["a gap before entry 2", "a gap before entry 4", "entry 3 and 4 were written"][lost]
    assert [line for line in printed if sentence in line]
    assert (stored().version, int(state_of().units)) == (before.version, 1)


def test_ledger_that_loses_entries_during_the_repair_repairs_nothing(
    scanner: Scanner, engine: EmbeddedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(units=Decimal(7))
    [_, scans, _] = ledger_segments(stored().pk).all()

    def lose(*_: Any) -> None:
        scans.delete()
        damage(version=stored().version + 1)

    engine.before("TransactWriteItems", lose, times=1)
    exit_code, printed = run(capsys, "--write")
    assert (exit_code, int(stored().units)) == (1, 7)
    assert printed[-1] == "3 checked, 1 differ, 0 repaired, 0 with gaps"


@pytest.mark.parametrize("problem", ["are missing", "cannot be read"])
def test_assignment_without_lines_is_a_gap(scanner: Scanner, capsys: pytest.CaptureFixture[str], problem: str) -> None:
    lines = get(lines_key(DEMO, "PA-1"))
    assert lines is not None
    if problem == "are missing":
        PickList(lines.pk, lines.sk).delete()
    else:
        lines.update(actions=[PickList.lines.set("{nonsense")])
    printed = [f"demo PA-1: its lines {problem}", "3 checked, 0 differ, 0 repaired, 1 with gaps"]
    assert run(capsys, "--write") == (1, printed)


def test_unreadable_entries_are_a_gap(scanner: Scanner, capsys: pytest.CaptureFixture[str]) -> None:
    [_, scans, _] = ledger_segments(stored().pk).all()
    [own] = ledger_segments(picker_key(DEMO, scanner.person.user_id).pk).all()
    for segment in (scans, own):
        segment.update(actions=[type(segment).entries.set("{nonsense")])
    assert run(capsys, "--write") == (
        1,
        [
            "demo PA-1: the entries from 2 on cannot be read",
            f"demo {scanner.person.user_id}: the entries from 1 on cannot be read",
            "3 checked, 0 differ, 0 repaired, 2 with gaps",
        ],
    )


def test_missing_record_of_an_event_is_a_gap(scanner: Scanner, capsys: pytest.CaptureFixture[str]) -> None:
    [_, segment, _] = ledger_segments(stored().pk).all()
    record_item = get(event_record_key(DEMO, stored_entries(segment)[1].event_id or ""))
    assert record_item is not None
    record_item.delete()
    assert run(capsys) == (
        1,
        ["demo PA-1: the event of entry 3 is not recorded as ingested", "3 checked, 0 differ, 0 repaired, 1 with gaps"],
    )


def test_wrong_holder_is_a_gap(scanner: Scanner, capsys: pytest.CaptureFixture[str]) -> None:
    person = scanner.person
    picker = get(picker_key(person.org_id, person.user_id))
    assert picker is not None
    picker.update(actions=[type(picker).held.remove(), type(picker).seq.set(5)])
    exit_code, printed = run(capsys)
    assert exit_code == 1
    assert f"demo PA-1: {person.user_id} does not hold it, unlike its ledger says" in printed
    assert f"demo {person.user_id}: the ledger ends with entry 1 and 5 were written" in printed


def test_assignment_that_changes_meanwhile_is_read_again(
    scanner: Scanner, engine: EmbeddedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.before("Query", lambda *_: scanner.send_scans(1), times=1)
    assert run(capsys)[0] == 0


def test_unreachable_store_is_an_error(
    scanner: Scanner, engine: EmbeddedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="http://away")

    engine.before("Scan", fail)
    assert rebuild.main(["picking"]) == 2
    assert capsys.readouterr().err.startswith("Cannot compare:")


def test_unknown_domain_is_a_wrong_argument(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        rebuild.main(["dispatch"])

"""The proof that what is stored of picking is what its ledgers say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.core.store import get
from chalicelib.picking import ledger
from chalicelib.picking.tables import Assignment, PickList, lines_key, picker_key, taken_key
from infra import rebuild
from infra.local.engine import EmbeddedEngine
from tests.builders.picking import Scanner, at_work, event, load, record, state_of, stored
from tests.builders.world import DEMO, OTHER, World


@pytest.fixture
def scanner(world: World) -> Scanner:
    """Somebody at work, who has picked two and undone one, and opened the tracker."""
    made = Scanner(world, at_work(world))
    made.scans(2)
    made.said("undo")
    assert made.send(event("tracker_opened", {}, world.clock.now())) == ["accepted"]
    load(world, record(), org_id=OTHER)
    return made


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    """The exit code and what was printed."""
    exit_code = rebuild.main(["picking", *arguments])
    return exit_code, capsys.readouterr().out.splitlines()


def spoil(**values: Any) -> None:
    """Let an assignment say something else than its ledger."""
    one = stored()
    one.update(actions=[getattr(Assignment, name).set(value) for name, value in values.items()])


def test_what_is_as_its_ledgers_say_is_told_in_one_line(scanner: Scanner, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys) == (0, ["3 looked at, 0 differ, 0 put right, 0 with gaps"])
    assert run(capsys, "--org", OTHER) == (0, ["1 looked at, 0 differ, 0 put right, 0 with gaps"])


def test_what_differs_is_printed_and_left_alone(scanner: Scanner, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(units=Decimal(7))
    exit_code, printed = run(capsys)
    assert exit_code == 1
    assert printed == [
        "demo PA-1: units is stored as Decimal('7'), the ledger says Decimal('1')",
        "3 looked at, 1 differ, 0 put right, 0 with gaps",
    ]
    assert stored().units == 7


def test_what_differs_is_put_right_when_that_is_wanted(scanner: Scanner, capsys: pytest.CaptureFixture[str]) -> None:
    state = state_of()
    state.picked = {}
    state.wraps = 3
    spoil(units=Decimal(7), status="queued", state=ledger.encode_state(state))
    exit_code, printed = run(capsys, "--write")
    assert (exit_code, printed[-1]) == (0, "3 looked at, 1 differ, 1 put right, 0 with gaps")
    assert {sentence.split()[2] for sentence in printed[:-1]} == {"picked", "wraps", "units", "status"}
    assert run(capsys)[0] == 0
    assert stored().units == 1
    assert scanner.world.audit()[-1].action_type == "ASSIGNMENT_REBUILT"


def test_what_is_picked_while_it_is_put_right_is_put_right_as_well(
    scanner: Scanner, engine: EmbeddedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    state = state_of()
    state.wraps = 3
    spoil(state=ledger.encode_state(state))
    engine.before("TransactWriteItems", lambda *_: scanner.scans(1), times=1)
    assert run(capsys, "--write")[0] == 0
    assert (int(stored().units), state_of().wraps) == (2, 0)
    assert run(capsys)[0] == 0


def test_a_state_that_cannot_be_read_is_put_right(scanner: Scanner, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(state="{nonsense")
    exit_code, printed = run(capsys, "--write")
    assert (exit_code, printed[0]) == (0, "demo PA-1: state is stored as '{nonsense', which cannot be read")
    assert run(capsys)[0] == 0
    assert scanner.send(scanner.scan()) == ["accepted"]


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_what_a_ledger_with_a_gap_says_replaces_nothing(
    scanner: Scanner, capsys: pytest.CaptureFixture[str], lost: int
) -> None:
    """A ledger that has lost a piece knows less than the state that was once folded from all of it."""
    before = stored()
    piece = list(ledger.pieces(before.pk).all())[lost]
    piece.delete()
    exit_code, printed = run(capsys, "--write")
    assert exit_code == 1
    assert printed[-1] == "3 looked at, 0 differ, 0 put right, 1 with gaps"
    told = ["a gap before entry 2", "a gap before entry 4", "entry 3 and 4 were written"][lost]
    assert [sentence for sentence in printed if told in sentence]
    assert (stored().version, int(state_of().units)) == (before.version, 1)


def test_a_ledger_that_loses_entries_while_it_is_put_right_replaces_nothing(
    scanner: Scanner, engine: EmbeddedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(units=Decimal(7))
    [_, scans, _] = ledger.pieces(stored().pk).all()

    def lose(*_: Any) -> None:
        scans.delete()
        spoil(version=stored().version + 1)

    engine.before("TransactWriteItems", lose, times=1)
    exit_code, printed = run(capsys, "--write")
    assert (exit_code, int(stored().units)) == (1, 7)
    assert printed[-1] == "3 looked at, 1 differ, 0 put right, 0 with gaps"


@pytest.mark.parametrize("told", ["are missing", "cannot be read"])
def test_an_assignment_without_its_lines_is_told_and_stops_no_other(
    scanner: Scanner, capsys: pytest.CaptureFixture[str], told: str
) -> None:
    lines = get(lines_key(DEMO, "PA-1"))
    assert lines is not None
    if told == "are missing":
        PickList(lines.pk, lines.sk).delete()
    else:
        lines.update(actions=[PickList.lines.set("{nonsense")])
    printed = [f"demo PA-1: its lines {told}", "3 looked at, 0 differ, 0 put right, 1 with gaps"]
    assert run(capsys, "--write") == (1, printed)


def test_entries_that_cannot_be_read_are_told(scanner: Scanner, capsys: pytest.CaptureFixture[str]) -> None:
    [_, scans, _] = ledger.pieces(stored().pk).all()
    [own] = ledger.pieces(picker_key(DEMO, scanner.person.user_id).pk).all()
    for piece in (scans, own):
        piece.update(actions=[type(piece).entries.set("{nonsense")])
    assert run(capsys, "--write") == (
        1,
        [
            "demo PA-1: the entries from 2 on cannot be read",
            f"demo {scanner.person.user_id}: the entries from 1 on cannot be read",
            "3 looked at, 0 differ, 0 put right, 2 with gaps",
        ],
    )


def test_an_event_that_could_be_taken_again_is_told(scanner: Scanner, capsys: pytest.CaptureFixture[str]) -> None:
    [_, piece, _] = ledger.pieces(stored().pk).all()
    taken = get(taken_key(DEMO, ledger.notes_in(piece)[1].event_id or ""))
    assert taken is not None
    taken.delete()
    assert run(capsys) == (
        1,
        ["demo PA-1: entry 3 is not known as taken", "3 looked at, 0 differ, 0 put right, 1 with gaps"],
    )


def test_hands_that_say_something_else_are_told(scanner: Scanner, capsys: pytest.CaptureFixture[str]) -> None:
    person = scanner.person
    picker = get(picker_key(person.org_id, person.user_id))
    assert picker is not None
    picker.update(actions=[type(picker).held.remove(), type(picker).seq.set(5)])
    exit_code, printed = run(capsys)
    assert exit_code == 1
    assert f"demo PA-1: it is not in the hands of {person.user_id}" in printed
    assert f"demo {person.user_id}: the ledger ends with entry 1 and 5 were written" in printed


def test_what_moves_on_while_it_is_looked_at_is_looked_at_again(
    scanner: Scanner, engine: EmbeddedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.before("Query", lambda *_: scanner.scans(1), times=1)
    assert run(capsys)[0] == 0


def test_without_a_store_it_says_so(
    scanner: Scanner, engine: EmbeddedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    def away(*_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="http://away")

    engine.before("Scan", away)
    assert rebuild.main(["picking"]) == 2
    assert capsys.readouterr().err.startswith("Cannot rebuild:")


def test_an_unknown_domain_is_a_wrong_argument(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        rebuild.main(["dispatch"])

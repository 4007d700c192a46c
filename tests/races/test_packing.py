"""Many scanners that change the same plate, line, box or shipment at the same moment."""

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from threading import Event
from typing import Any

import pytest

from chalicelib.packing.boxes.tables import Box, BoxContent
from chalicelib.packing.plates.tables import Plate
from chalicelib.packing.shipments.tables import Shipment, ShipmentLine
from tests.builders.packing import (
    PACK,
    cancel_shipment,
    close_box,
    complete_shipment,
    create_box,
    line_id,
    line_record,
    load,
    loaded,
    new_box,
    pack_item,
    packed,
    plate_id,
    plate_record,
    remove_item,
    reopen_box,
    reopen_shipment,
    set_prefix,
    shipment_id,
    shipment_record,
    void_box,
)
from tests.builders.packing_truth import Picture, check, checked, taken
from tests.builders.world import OTHER, Answer, Person, World
from tests.races.crowd import at_once
from tests.races.engines import named_engine

SCANNERS = 32


def scanners(world: World, count: int = SCANNERS) -> list[Person]:
    return [world.person("packer") for _ in range(count)]


@pytest.fixture
def boss(arena: World) -> Person:
    """A supervisor; a shipment with one line of ten, and a plate of twenty for it."""
    person = arena.person("supervisor")
    loaded(person, "shipments", shipment_record("SH-1", line_record(1, unit_weight=0.1), line_record(2)))
    loaded(person, "license-plates", plate_record(quantity=20))
    return person


def watched(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Make all calls at once, while the stored state is checked again and again.

    Only the embedded engine shows the whole table at one moment.
    """
    done, closed = Event(), dict[tuple[str, int], frozenset[str]]()
    running = list(calls)

    def finish(call: Callable[[], Any]) -> Any:
        try:
            return call()
        finally:
            running.pop()
            if not running:
                done.set()

    def look() -> None:
        while named_engine() is None and not done.is_set():
            picture = taken()
            check(picture)
            for version, contents in closed_boxes(picture).items():
                assert closed.setdefault(version, contents) == contents

    answers: list[Any] = at_once([*(partial[Any](finish, call) for call in calls), look])
    checked()
    return answers[: len(calls)]


def closed_boxes(picture: Picture) -> dict[tuple[str, int], frozenset[str]]:
    """Return the contents of closed boxes by box and version; they do not change while a box stays closed."""
    inside: dict[str, set[str]] = {}
    for content in picture.all(BoxContent):
        inside.setdefault(content.box_id, set()).add(content.content_id)
    closed = [box for box in picture.all(Box) if box.status == "closed"]
    return {(box.box_id, box.version): frozenset(inside.get(box.box_id, ())) for box in closed}


def codes(answers: list[Answer]) -> Counter[str]:
    """Return the number of each outcome: the status of a success, the code of a refusal."""
    return Counter(str(one.status) if one.status < 400 else one.code for one in answers)


def test_simultaneous_packing_never_exceeds_the_plate(boss: Person) -> None:
    boxes = [new_box(boss) for _ in range(4)]
    crowd = scanners(boss.world)
    answers = watched([partial(pack_item, person, boxes[number % 4]) for number, person in enumerate(crowd)])
    assert codes(answers) == {"201": 20, "QUANTITY_EXCEEDS_AVAILABLE": 12}
    [plate] = checked().all(Plate)
    assert (plate.packed, plate.remaining) == (Decimal(20), Decimal(0))


def test_one_of_many_scanners_packs_the_last_of_a_plate(
    boss: Person,
) -> None:
    box = new_box(boss)
    answers = watched([partial(pack_item, person, box, 20) for person in scanners(boss.world)])
    assert codes(answers) == {"201": 1, "QUANTITY_EXCEEDS_AVAILABLE": 31}


@pytest.mark.parametrize("boxes", [1, SCANNERS])
def test_no_two_scanners_that_pack_one_line_read_the_same_sum(boss: Person, boxes: int) -> None:
    opened = [new_box(boss) for _ in range(boxes)]
    crowd = scanners(boss.world)
    calls = [partial(pack_item, person, opened[number % boxes], 0.5) for number, person in enumerate(crowd)]
    answers = watched(calls)
    assert codes(answers) == {"201": SCANNERS}
    states = [one.json["so_line_status"] for one in answers]
    assert sorted(state["packed_qty"] for state in states) == [number / 2 for number in range(1, SCANNERS + 1)]
    assert all(state["remaining_qty"] == max(10 - state["packed_qty"], 0) for state in states)


def test_packing_and_removing_at_once_keep_every_quantity(boss: Person) -> None:
    boxes = [new_box(boss) for _ in range(2)]
    there = [(box, packed(boss, box, 0.5)) for box in boxes for _ in range(8)]
    crowd = scanners(boss.world)
    calls = [partial(remove_item, person, *one) for person, one in zip(crowd[:16], there, strict=True)]
    calls += [partial(pack_item, person, boxes[number % 2], 0.75) for number, person in enumerate(crowd[16:])]
    answers = watched(calls)
    assert codes(answers) == {"204": 16, "201": 16}
    [plate] = checked().all(Plate)
    assert plate.packed == 12


def test_an_item_removed_by_eight_people_at_once_is_removed_once(boss: Person) -> None:
    box = new_box(boss)
    kept, content = packed(boss, box, 3), packed(boss, box, 4)
    answers = watched([partial(remove_item, person, box, content) for person in scanners(boss.world, 8)])
    assert codes(answers) == {"204": 1, "NOT_FOUND": 7}
    assert [one.content_id for one in checked().all(BoxContent)] == [kept]


def test_boxes_created_at_once_are_numbered_without_gap_or_repeat(boss: Person) -> None:
    answers = watched([partial(create_box, person) for person in scanners(boss.world)])
    assert codes(answers) == {"201": SCANNERS}
    assert sorted(one.json["box_number"] for one in answers) == list(range(1, SCANNERS + 1))


def test_no_item_is_packed_into_a_box_closed_at_the_same_moment(boss: Person) -> None:
    crowd = scanners(boss.world, 6)
    for _ in range(4):
        box = new_box(boss)
        packed(boss, box, 0.1)
        calls: list[Callable[[], Answer]] = [partial(pack_item, person, box, 0.1) for person in crowd[:4]]
        answers = watched([*calls, partial(close_box, crowd[4], box), partial(close_box, crowd[5], box)])
        assert codes(answers[4:]) == {"200": 1, "ALREADY_CLOSED": 1}
        assert codes(answers[:4]).keys() <= {"201", "BOX_CLOSED"}
        inside = [one for one in checked().all(BoxContent) if one.box_id == box]
        assert len(inside) == 1 + codes(answers[:4])["201"]


def test_a_box_is_not_closed_while_its_last_item_is_removed(boss: Person) -> None:
    crowd = scanners(boss.world, 2)
    for _ in range(6):
        box = new_box(boss)
        content = packed(boss, box, 0.1)
        closing, taking = watched([partial(close_box, crowd[0], box), partial(remove_item, crowd[1], box, content)])
        outcome = (closing.status, taking.status)
        assert outcome in {(200, 400), (400, 204)}, (closing, taking)
        assert (taking.code if outcome[0] == 200 else closing.code) in {"BOX_CLOSED", "EMPTY_BOX"}


def test_boxes_closed_at_once_get_different_ssccs(boss: Person) -> None:
    set_prefix(boss.world.person("SYSTEM_ADMIN"))
    boxes = [new_box(boss) for _ in range(SCANNERS)]
    for box in boxes:
        packed(boss, box, 0.5)
    crowd = scanners(boss.world)
    answers = watched([partial(close_box, person, box, weight=1) for person, box in zip(crowd, boxes, strict=True)])
    assert codes(answers) == {"200": SCANNERS}
    found = boss.get(f"{PACK}/shipments/{shipment_id()}/boxes").json["data"]
    assert len({one["sscc"] for one in found} - {None}) == SCANNERS


@pytest.mark.parametrize(
    ("one", "other"), [("7610425", "76104251"), ("761042", "761042500000"), ("7610425", "7610425")]
)
def test_of_two_organisations_one_gets_of_two_overlapping_prefixes(arena: World, one: str, other: str) -> None:
    admins = [arena.person("SYSTEM_ADMIN"), arena.person("SYSTEM_ADMIN", OTHER)]
    settings = "/v1/organisation/settings/packing"

    def put(person: Person, prefix: str | None) -> Answer:
        return person.put(settings, {"gs1_company_prefix": prefix})

    for turn in range(8):
        wanted = [one, other] if turn % 2 else [other, one]
        answers = at_once([partial(put, *each) for each in zip(admins, wanted, strict=True)])
        assert codes(answers) == {"200": 1, "PREFIX_TAKEN": 1}
        owner = admins[[answer.status for answer in answers].index(200)]
        assert put(owner, None).status == 200


def test_a_box_closed_and_reopened_by_many_keeps_its_sscc(boss: Person) -> None:
    set_prefix(boss.world.person("SYSTEM_ADMIN"))
    box = new_box(boss)
    packed(boss, box)
    bosses = [boss.world.person("supervisor") for _ in range(4)]
    given: list[str | None] = []

    def close_and_open(person: Person) -> None:
        for _ in range(4):
            answer = close_box(person, box)
            assert answer.status == 200 or answer.code == "ALREADY_CLOSED"
            given.append(person.get(f"{PACK}/box/{box}").json["box"]["sscc"])
            answer = reopen_box(person, box)
            assert answer.status == 200 or answer.code == "ALREADY_OPEN"

    watched([partial(close_and_open, person) for person in bosses])
    assert len(set(given)) == 1


def test_all_actions_at_once_on_a_few_boxes_keep_every_count(boss: Person) -> None:
    set_prefix(boss.world.person("SYSTEM_ADMIN"))
    loaded(boss, "license-plates", plate_record("LP-2", 2))
    boxes = [new_box(boss) for _ in range(3)]
    second = {"license_plate_id": plate_id("LP-2"), "so_line_id": line_id(2)}
    allowed = {"201", "204", "200", "BOX_CLOSED", "QUANTITY_EXCEEDS_AVAILABLE", "EMPTY_BOX", "ALREADY_CLOSED"}
    seen: Counter[str] = Counter()

    def pack_and_take_out(person: Person, number: int) -> None:
        for turn in range(5):
            box, fields = boxes[(number + turn) % 3], second if number % 2 else {}
            answer = pack_item(person, box, 1 + turn, **fields)
            answers = [answer]
            if answer.status == 201 and turn % 2:
                answers.append(remove_item(person, box, answer.json["box_content"]["id"]))
            seen.update(codes(answers))

    def close_and_open(person: Person, number: int) -> None:
        for turn in range(5):
            box = boxes[(number + turn) % 3]
            seen.update(codes([close_box(person, box), reopen_box(person, box)]))

    crowd = [boss.world.person("supervisor") for _ in range(8)]
    calls: list[Callable[[], Any]] = [partial(pack_and_take_out, person, n) for n, person in enumerate(crowd[:6])]
    calls += [partial(close_and_open, person, number) for number, person in enumerate(crowd[6:])]
    watched(calls)
    assert seen.keys() <= {*allowed, "ALREADY_OPEN"}, seen


def test_boxes_created_and_voided_at_once_are_numbered_without_gap_or_repeat(boss: Person) -> None:
    def create_and_void(person: Person) -> Answer:
        answer = create_box(person)
        assert void_box(person, answer.json["id"]).status == 200
        return answer

    crowd = scanners(boss.world)
    calls: list[Callable[[], Answer]] = [partial(create_and_void, person) for person in crowd[:16]]
    answers = watched([*calls, *(partial(create_box, person) for person in crowd[16:])])
    assert sorted(one.json["box_number"] for one in answers) == list(range(1, SCANNERS + 1))
    listed = boss.get(f"{PACK}/shipments/{shipment_id()}/boxes").json
    assert {box["id"] for box in listed["data"]} == {one.json["id"] for one in answers[16:]}


def test_a_shipment_cancelled_while_it_is_packed_keeps_every_quantity(boss: Person) -> None:
    refused = {"SHIPMENT_NOT_PACKABLE", "BOX_CLOSED", "ALREADY_CLOSED", "EMPTY_BOX", "NO_BOXES", "OPEN_BOXES"}
    refused |= {"SHIPMENT_NOT_CANCELLABLE", "SHIPMENT_NOT_REOPENABLE", "BOX_NOT_EMPTY", "NOT_FOUND"}
    seen: Counter[str] = Counter()

    def pack_and_close(person: Person, number: int) -> None:
        for turn in range(3):
            box = boxes[(number + turn) % 3]
            answers = [pack_item(person, box, 0.5), close_box(person, box), create_box(person)]
            answers.append(complete_shipment(person, allow_partial=True))
            seen.update(codes(answers))

    def reopen(person: Person) -> None:
        for box in boxes:
            seen.update(codes([reopen_shipment(person), reopen_box(person, box), void_box(person, box)]))

    def cancel(person: Person) -> None:
        seen.update(codes([cancel_shipment(person)]))

    boxes = [new_box(boss) for _ in range(3)]
    for box in boxes:
        packed(boss, box, 0.5)
    crowd = [boss.world.person("supervisor") for _ in range(8)]
    calls: list[Callable[[], Any]] = [partial(pack_and_close, person, n) for n, person in enumerate(crowd[:4])]
    calls += [partial(reopen, person) for person in crowd[4:6]]
    watched([*calls, *(partial(cancel, person) for person in crowd[6:])])
    assert seen.keys() <= {*refused, "201", "200", "ALREADY_OPEN"}, seen
    cancelled = cancel_shipment(boss)
    assert cancelled.status == 200 or cancelled.code == "SHIPMENT_NOT_CANCELLABLE"
    picture = checked()
    assert [plate.remaining for plate in picture.all(Plate)] == [Decimal(20)]
    assert not picture.all(BoxContent)


def test_open_shipments_are_counted_right_while_they_are_completed_reopened_cancelled_and_imported(
    boss: Person,
) -> None:
    numbers = [f"SH-{number}" for number in range(2, 6)]
    lines = [line_record(1, unit_weight=0.1), line_record(2)]
    loaded(boss, "shipments", *[shipment_record(number, *lines, warehouse_id="wh-0") for number in numbers])
    loaded(boss, "license-plates", plate_record("LP-2", 1, *numbers, quantity=100))
    for number in numbers:
        box, ids = new_box(boss, number), {"license_plate_id": plate_id("LP-2"), "so_line_id": line_id(1, number)}
        packed(boss, box, 1, shipment_id=shipment_id(number), **ids)
        close_box(boss, box)
    crowd = [boss.world.person("supervisor") for _ in range(8)]
    refused = {"SHIPMENT_NOT_PACKABLE", "SHIPMENT_NOT_REOPENABLE", "SHIPMENT_NOT_CANCELLABLE", "NO_BOXES"}
    seen: Counter[str] = Counter()

    def complete_and_reopen(person: Person, number: str) -> None:
        for _ in range(3):
            answers = [complete_shipment(person, number, allow_partial=True), reopen_shipment(person, number)]
            seen.update(codes(answers))

    def move(person: Person, number: str, turn: int) -> None:
        for warehouse in range(3):
            load(person, "shipments", shipment_record(number, *lines, warehouse_id=f"wh-{(turn + warehouse) % 3}"))
        if turn % 2:
            seen.update(codes([cancel_shipment(person, number)]))

    calls: list[Callable[[], Any]] = [partial(complete_and_reopen, *each) for each in zip(crowd, numbers, strict=False)]
    calls += [partial(move, person, numbers[turn], turn) for turn, person in enumerate(crowd[4:])]
    watched(calls)
    assert seen.keys() <= {*refused, "200", "UNPACKED_ITEMS"}, seen
    is_open = [shipment for shipment in checked().all(Shipment) if shipment.status in {"pending", "packing"}]
    assert boss.get(f"{PACK}/shipments?limit=1").json["total"] == len(is_open)


def test_plates_and_lines_imported_while_they_are_packed_stay_exact(boss: Person) -> None:
    box = new_box(boss)
    crowd = scanners(boss.world, 6)
    bosses = [boss.world.person("supervisor") for _ in range(2)]

    def pack_some(person: Person) -> None:
        for _ in range(4):
            assert codes([pack_item(person, box, 0.5)]).keys() <= {"201", "QUANTITY_EXCEEDS_AVAILABLE"}

    def load_some(person: Person, number: int) -> None:
        for turn in range(4):
            lines = [line_record(1, quantity=3 + (number + turn) % 5, unit_weight=turn + 1), line_record(2 + turn % 2)]
            answers = [
                load(person, "shipments", shipment_record("SH-1", *lines)),
                load(person, "license-plates", plate_record(quantity=6 + (number + turn) % 7)),
            ]
            for answer in answers:
                assert answer.status in {200, 207}
                flaws = [one["fields"] for one in answer.json["data"]["rejected"]]
                assert all(set(one) <= {"quantity", "lines.0.quantity"} for one in flaws), flaws

    calls: list[Callable[[], Any]] = [partial(pack_some, person) for person in crowd]
    calls += [partial(load_some, person, number) for number, person in enumerate(bosses)]
    watched(calls)
    [line] = [one for one in checked().all(ShipmentLine) if one.line_number == 1]
    assert line.packed <= 12

"""Random actions of packing, after each of which all quantities, counters and states agree."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from infra.local.engine import EmbeddedEngine
from tests.builders.founding import fresh_world
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
    pack_item,
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
from tests.builders.packing_truth import checked
from tests.environment import examples

SHIPMENTS = {"SH-1": {1: Decimal(4), 2: Decimal("2.5")}, "SH-2": {1: Decimal(3)}}
PLATES = {"LP-1": (1, Decimal(6)), "LP-2": (2, Decimal("2.5")), "LP-3": (1, Decimal(2))}
NUTTY = 1
"""The line with nuts, which the customer of SH-1 must not get."""

MAX_BOXES = 5

any_number, any_plate = st.integers(0, 99), st.sampled_from(sorted(PLATES))
ACTIONS = [
    *("open", "pack", "pack", "pack", "pack all", "take out", "take out", "close", "close", "close"),
    *("reopen", "complete", "void", "reopen shipment", "cancel", "move"),
]
FINAL = frozenset({"packed", "cancelled"})
fitting = st.sampled_from([True, True, True, False])
quantities = st.sampled_from(["0.000004", "1", "1", "1.5", "2", "2.5", "2.5", "4"])


@dataclass
class Inside:
    """A content of a box."""

    content_id: str
    plate: str
    line: int
    quantity: Decimal


@dataclass
class Known:
    """The expected state of a box."""

    box_id: str
    shipment: str
    closed: bool = False
    sscc: str | None = None
    contents: list[Inside] = field(default_factory=list)


class Packing(RuleBasedStateMachine):
    """Two shipments with lines of the same product, and three plates, one of them for both."""

    def __init__(self, engine: EmbeddedEngine) -> None:
        super().__init__()
        world = fresh_world(engine)
        self.boss = world.person("supervisor")
        set_prefix(world.person("SYSTEM_ADMIN"))
        nuts = {NUTTY: ["Nuts", "gluten"], 2: ["milk"]}
        self.records = [
            shipment_record(
                number,
                *(line_record(n, quantity=float(q), unit_weight=0.25, allergens=nuts[n]) for n, q in lines.items()),
                allergen_restrictions=["NUTS", "fish"] if number == "SH-1" else [],
            )
            for number, lines in SHIPMENTS.items()
        ]
        loaded(self.boss, "shipments", *self.records)
        plates = [plate_record("LP-1", 1, "SH-1", "SH-2"), plate_record("LP-2", 2, "SH-1"), plate_record("LP-3")]
        for record in plates:
            record["quantity"] = float(PLATES[record["lp_number"]][1])
        loaded(self.boss, "license-plates", *plates)
        self.boxes: list[Known] = []
        self.voided: list[Known] = []
        self.status = dict.fromkeys(SHIPMENTS, "pending")
        self.warehouses: dict[str, str] = {}

    # --- what people do ----------------------------------------------------------------------------------------

    @rule(action=st.sampled_from(ACTIONS), number=any_number, fits=fitting, plate=any_plate, quantity=quantities)
    def somebody_does_something(self, action: str, number: int, fits: bool, plate: str, quantity: str) -> None:
        """Do one action. There is one rule, since Hypothesis may leave out rules, and a run needs all actions."""
        shipment = ("SH-1", "SH-1", "SH-2")[number % 3]
        box = self.some_box(number, closed=action == "reopen" if fits else None)
        if box is None or (action == "open" and len(self.boxes) < MAX_BOXES):
            self.open_a_box(shipment)
            return
        actions: dict[str, Callable[[], None]] = {
            "pack": lambda: self.pack(box, box.shipment if fits else shipment, plate, Decimal(quantity)),
            "pack all": lambda: self.pack_all_that_is_missing(box),
            "take out": lambda: self.take_an_item_out(number),
            "close": lambda: self.close_a_box(box, 2.5 if number % 2 else None),
            "reopen": lambda: self.open_a_box_again(box),
            "void": lambda: self.void_a_box(box),
            "complete": lambda: self.complete(shipment, allow_partial=number % 4 == 0),
            "reopen shipment": lambda: self.open_again(shipment),
            "cancel": lambda: self.cancel(shipment) if number % 4 == 0 else None,
            "move": lambda: self.move(shipment, f"wh-{number % 4}"),
        }
        if action in actions:
            actions[action]()

    def move(self, shipment: str, warehouse: str) -> None:
        """Import a shipment for another warehouse; `checked` recounts those of each."""
        [record] = [one for one in self.records if one["shipment_number"] == shipment]
        answer = load(self.boss, "shipments", {**record, "warehouse_id": warehouse})
        changed = self.warehouses.get(shipment) != warehouse
        assert answer.status == (207 if changed and self.status[shipment] in FINAL else 200)
        if answer.status == 200:
            self.warehouses[shipment] = warehouse

    def open_a_box(self, shipment: str) -> None:
        answer = create_box(self.boss, shipment)
        if self.status[shipment] in FINAL:
            assert (answer.status, answer.code) == (400, "SHIPMENT_NOT_PACKABLE")
            return
        earlier = [box for box in self.boxes + self.voided if box.shipment == shipment]
        assert (answer.status, answer.json["box_number"]) == (201, len(earlier) + 1)
        self.boxes.append(Known(answer.json["id"], shipment))

    def pack_all_that_is_missing(self, box: Known) -> None:
        for line, ordered in SHIPMENTS[box.shipment].items():
            for plate in (plate for plate, (of, _) in PLATES.items() if of == line):
                missing = ordered - self.packed_of(box.shipment, line)
                if missing > 0 and self.left_on(plate) > 0:
                    self.pack(box, box.shipment, plate, min(missing, self.left_on(plate)))

    def pack(self, box: Known, named: str, plate: str, wanted: Decimal) -> None:
        line = PLATES[plate][0]
        ids = {"shipment_id": shipment_id(named), "license_plate_id": plate_id(plate)}
        answer = pack_item(self.boss, box.box_id, float(wanted), **ids, so_line_id=line_id(line, named))
        refused = self.refusal(box, named, plate, wanted)
        if refused is not None:
            assert (answer.status, answer.code) == (400, refused)
            return
        assert answer.status == 201, answer
        box.contents.append(Inside(answer.json["box_content"]["id"], plate, line, wanted))
        self.status[named] = "packing"
        self.look_at_packed(answer.json, box, named, line)

    def take_an_item_out(self, number: int) -> None:
        there = [(box, one) for box in self.boxes for one in box.contents]
        if not there:
            return
        box, one = there[number % len(there)]
        answer = remove_item(self.boss, box.box_id, one.content_id)
        if box.closed:
            assert (answer.status, answer.code) == (400, "BOX_CLOSED")
            return
        assert answer.status == 204, answer
        box.contents.remove(one)
        assert remove_item(self.boss, box.box_id, one.content_id).status == 404

    def close_a_box(self, box: Known, weight: float | None) -> None:
        answer = close_box(self.boss, box.box_id, **({} if weight is None else {"weight": weight}))
        if box.closed or not box.contents:
            assert (answer.status, answer.code) == (400, "ALREADY_CLOSED" if box.closed else "EMPTY_BOX")
            return
        assert (answer.status, answer.json["status"], answer.json["weight"]) == (200, "closed", weight)
        box.closed = True
        sscc = self.boss.get(f"{PACK}/box/{box.box_id}").json["box"]["sscc"]
        assert sscc is not None
        assert box.sscc in {None, sscc}
        box.sscc = sscc

    def open_a_box_again(self, box: Known) -> None:
        answer = reopen_box(self.boss, box.box_id)
        if not box.closed:
            assert (answer.status, answer.code) == (400, "ALREADY_OPEN")
        elif self.status[box.shipment] == "packed":
            assert (answer.status, answer.code) == (400, "SHIPMENT_NOT_PACKABLE")
        else:
            assert (answer.status, answer.json["status"]) == (200, "open")
            box.closed = False

    def complete(self, shipment: str, *, allow_partial: bool) -> None:
        answer = complete_shipment(self.boss, shipment, allow_partial=allow_partial)
        refused = self.obstacle(shipment, allow_partial)
        if refused is not None:
            assert (answer.status, answer.code) == (400, refused)
            return
        assert (answer.status, answer.json["status"]) == (200, "packed")
        self.status[shipment] = "packed"

    def void_a_box(self, box: Known) -> None:
        answer = void_box(self.boss, box.box_id)
        if box.contents:
            assert (answer.status, answer.code) == (400, "BOX_NOT_EMPTY")
        elif self.status[box.shipment] in FINAL:
            assert (answer.status, answer.code) == (400, "SHIPMENT_NOT_PACKABLE")
        else:
            assert (answer.status, answer.json["status"]) == (200, "voided")
            self.remember_voided([box])

    def open_again(self, shipment: str) -> None:
        answer = reopen_shipment(self.boss, shipment)
        if self.status[shipment] == "packed":
            assert (answer.status, answer.json["status"]) == (200, "packing")
            self.status[shipment] = "packing"
        else:
            assert (answer.status, answer.code) == (400, "SHIPMENT_NOT_REOPENABLE")

    def cancel(self, shipment: str) -> None:
        answer = cancel_shipment(self.boss, shipment)
        if self.status[shipment] == "cancelled":
            assert (answer.status, answer.code) == (400, "SHIPMENT_NOT_CANCELLABLE")
            return
        assert (answer.status, answer.json["status"]) == (200, "cancelled")
        self.status[shipment] = "cancelled"
        self.remember_voided(self.boxes_of(shipment))

    def remember_voided(self, boxes: list[Known]) -> None:
        """Expect these boxes to be empty and in no list."""
        for box in boxes:
            box.contents.clear()
            self.boxes.remove(box)
            self.voided.append(box)

    # --- what should come of it --------------------------------------------------------------------------------

    def some_box(self, number: int, *, closed: bool | None) -> Known | None:
        """Return a box, closed or open if there is such a box; None if there are no boxes."""
        suitable = [box for box in self.boxes if closed is None or box.closed is closed] or self.boxes
        return suitable[number % len(suitable)] if suitable else None

    def boxes_of(self, shipment: str) -> list[Known]:
        """Return the boxes of a shipment by number."""
        return [box for box in self.boxes if box.shipment == shipment]

    def packed_of(self, shipment: str, line: int) -> Decimal:
        """Return the packed quantity of a line."""
        inside = [one for box in self.boxes_of(shipment) for one in box.contents]
        return sum((one.quantity for one in inside if one.line == line), Decimal(0))

    def left_on(self, plate: str) -> Decimal:
        """Return the remaining quantity of a plate."""
        inside = [one for box in self.boxes for one in box.contents if one.plate == plate]
        return PLATES[plate][1] - sum((one.quantity for one in inside), Decimal(0))

    def refusal(self, box: Known, shipment: str, plate: str, quantity: Decimal) -> str | None:
        """Return the code of the expected refusal; None if the item can be packed."""
        if self.status[shipment] in FINAL:
            return "SHIPMENT_NOT_PACKABLE"
        if box.shipment != shipment:
            return "BOX_MISMATCH"
        if box.closed:
            return "BOX_CLOSED"
        if shipment == "SH-2" and plate != "LP-1":
            return "LP_NOT_ALLOCATED"
        return "QUANTITY_EXCEEDS_AVAILABLE" if quantity > self.left_on(plate) else None

    def obstacle(self, shipment: str, allow_partial: bool) -> str | None:
        """Return the code of the expected refusal; None if the shipment can be completed."""
        boxes = self.boxes_of(shipment)
        in_use = [box for box in boxes if box.contents or not allow_partial]
        lines = SHIPMENTS[shipment]
        missing = [line for line, ordered in lines.items() if self.packed_of(shipment, line) < ordered]
        nothing = not any(box.contents for box in boxes)
        if self.status[shipment] in FINAL:
            return "SHIPMENT_NOT_PACKABLE"
        if not boxes:
            return "NO_BOXES"
        if not all(box.closed for box in in_use):
            return "OPEN_BOXES"
        return "UNPACKED_ITEMS" if nothing or (missing and not allow_partial) else None

    def look_at_packed(self, answer: dict[str, Any], box: Known, shipment: str, line: int) -> None:
        """Check the response of packing."""
        now, ordered = self.packed_of(shipment, line), SHIPMENTS[shipment][line]
        assert answer["so_line_status"] == {
            "packed_qty": float(now),
            "remaining_qty": float(max(ordered - now, Decimal(0))),
            "status": "complete" if now >= ordered else "partial",
        }
        self.look_at_summary(answer["box_summary"], box)
        nuts = shipment == "SH-1" and any(one.line == NUTTY for one in box.contents)
        warning = answer["allergen_warning"]
        assert (warning or {}).get("matches") == (["NUTS"] if nuts else None)
        assert not nuts or warning["product_name"] == "Product 1"

    def look_at_summary(self, summary: dict[str, Any], box: Known) -> None:
        """Check the summary of a box."""
        total = sum((one.quantity for one in box.contents), Decimal(0))
        assert (summary["item_count"], summary["total_weight_est"]) == (len(box.contents), float(total / 4))
        assert sum(Decimal(str(one["quantity"])) for one in summary["items"]) == total

    # --- what stays true ---------------------------------------------------------------------------------------

    @invariant()
    def all_that_is_stored_agrees(self) -> None:
        checked()

    @invariant()
    def people_see_shipments_and_plates_as_they_are(self) -> None:
        seen = {one["shipment_number"]: one for one in self.boss.get(f"{PACK}/shipments").json["data"]}
        assert seen.keys() == {number for number, status in self.status.items() if status not in FINAL}
        for number, one in seen.items():
            packed = sum(self.packed_of(number, line) > 0 for line in SHIPMENTS[number])
            expected = (self.status[number], packed, len(self.boxes_of(number)))
            assert (one["status"], one["lines_packed"], one["boxes_count"]) == expected
        for plate in PLATES:
            found = self.boss.get(f"{PACK}/lookup/{plate}?shipment_id={shipment_id()}").json["data"]
            assert Decimal(str(found["available_qty"])) == self.left_on(plate)

    @invariant()
    def people_see_boxes_as_they_are(self) -> None:
        for shipment in SHIPMENTS:
            listed = self.boss.get(f"{PACK}/shipments/{shipment_id(shipment)}/boxes").json["data"]
            assert [(one["id"], one["status"], one["sscc"], one["item_count"]) for one in listed] == [
                (box.box_id, "closed" if box.closed else "open", box.sscc, len(box.contents))
                for box in self.boxes_of(shipment)
            ]
            listed = self.boss.get(f"{PACK}/shipments/{shipment_id(shipment)}/boxes?voided=true").json["data"]
            voided = {box.box_id for box in self.voided if box.shipment == shipment}
            assert {one["id"] for one in listed if one["status"] == "voided"} == voided
        if self.boxes:
            box = self.boxes[-1]
            details = self.boss.get(f"{PACK}/box/{box.box_id}").json
            assert [one["id"] for one in details["contents"]] == [one.content_id for one in box.contents]
            self.look_at_summary(details["summary"], box)


def test_all_sums_agree_after_any_sequence_of_actions(engine: EmbeddedEngine) -> None:
    class Here(Packing):
        def __init__(self) -> None:
            super().__init__(engine)

    run_state_machine_as_test(Here, settings=settings(max_examples=examples(9, everyday=1 / 4), stateful_step_count=30))

"""Random repairs: whatever people of all roles try, while time passes, these things stay true after every step."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from chalicelib.maintenance.workorders.sweep import remind_due
from infra.local.engine import EmbeddedEngine
from tests.builders.founding import fresh_world
from tests.builders.maintenance import HOURS, ITEMS, POSSIBLE, SOUTH, Park, add_photo, stored
from tests.builders.notices import stored_notices
from tests.builders.world import Answer, Person
from tests.environment import examples

MAY = {
    "assign": {"lead"},
    "outsource": {"lead"},
    "vendor-done": {"lead"},
    "recall": {"lead"},
    "start": {"tech"},
    "done": {"tech"},
    "return": {"tech", "lead"},
    "hold": {"tech", "lead"},
    "resume": {"tech", "lead"},
    "cancel": {"lead", "ops"},
    "reopen": {"lead"},
    "edit": {"lead", "ops"},
}
CLOSED = ("DONE", "CANCELLED")
IN_HAND = ("ASSIGNED", "IN_PROGRESS", "ON_HOLD")
OWN = (*IN_HAND, "RETURNED")
SOON, ESCALATED_AFTER = timedelta(hours=2), timedelta(hours=24)
FROM_TIME = ("WO_ROUTED", "WO_DUE_SOON", "WO_OVERDUE", "WO_ESCALATED")
PRIORITIES = list(HOURS)
STEPS = list(MAY)
Order = dict[str, Any]

any_order, a_technician = st.integers(0, 99), st.integers(0, 2)


class Repairs(RuleBasedStateMachine):
    """One checklist, two technicians of its zone and one of another, a lead, and who routes."""

    def __init__(self, engine: EmbeddedEngine) -> None:
        super().__init__()
        self.engine = engine
        self.told: Counter[tuple[str, str, str]] = Counter()
        self.park = Park(fresh_world(engine))
        self.techs = [self.park.tech, self.park.person("TECH"), self.park.person("TECH", game_zone=SOUTH)]
        self.orders: dict[str, Order] = {}

    @property
    def now(self) -> datetime:
        return self.park.world.clock.now()

    # --- what people do ----------------------------------------------------------------------------------------

    @rule(item=st.sampled_from(ITEMS), priority=st.sampled_from(PRIORITIES))
    def a_finding_is_routed(self, item: str, priority: str) -> None:
        made = self.park.routed(item=item, priority=priority)
        assert made["code"].endswith(f"-{len(self.orders) + 1}")
        self.orders[made["id"]] = {
            "state": "ROUTED",
            "tech": None,
            "version": 1,
            "photos": 0,
            "events": 1,
            "priority": priority,
            "routed": self.now,
            "holds": [],
            "vendor_due": None,
            "before": None,
            "told": {},
        }
        self.leads_are_told_of_the_routing(made["id"])

    @rule(minutes=st.one_of(st.integers(1, 400), st.integers(1440, 3000)))
    def time_passes(self, minutes: int) -> None:
        self.park.later(minutes=minutes)
        world = self.park.world
        self.techs = [world.signed_in(one.org_id, one.user_id, one.role) for one in self.techs]
        self.park.tech = self.techs[0]

    @precondition(lambda self: self.orders)
    @rule(number=any_order)
    def a_photo_is_taken(self, number: int) -> None:
        order_id, order = self.chosen(number)
        if order["state"] not in CLOSED:
            add_photo(self.park.world, order_id)
            order["photos"] += 1

    @precondition(lambda self: any(POSSIBLE[one["state"]] for one in self.orders.values()))
    @rule(number=any_order, choice=st.integers(0, 99), photo=st.booleans())
    def somebody_takes_a_step_that_is_possible(self, number: int, choice: int, photo: bool) -> None:
        possible = [key for key, one in self.orders.items() if POSSIBLE[one["state"]]]
        order_id = possible[number % len(possible)]
        order = self.orders[order_id]
        steps = list(POSSIBLE[order["state"]])
        step = steps[choice % len(steps)]
        if photo and step in ("done", "vendor-done"):
            add_photo(self.park.world, order_id)
            order["photos"] += 1
        role = "tech" if "tech" in MAY[step] else "lead"
        self.take(role, order_id, step, order["version"], choice % 2, technician=order["tech"])

    @precondition(lambda self: self.orders)
    @rule(
        number=any_order,
        tech=a_technician,
        step=st.sampled_from(STEPS),
        role=st.sampled_from(["tech", "lead", "ops", "manager"]),
        off=st.sampled_from([0, 0, 0, -1, 1]),
    )
    def somebody_tries_any_step(self, number: int, tech: int, step: str, role: str, off: int) -> None:
        order_id, order = self.chosen(number)
        self.take(role, order_id, step, order["version"] + off, tech, technician=tech)

    @rule(meets_another=st.booleans())
    def the_sweep_comes_by(self, *, meets_another: bool) -> None:
        """It may meet another sweep, which does everything before its first commit; then it pauses for a moment."""
        began = self.now
        if meets_another:
            self.engine.before("TransactWriteItems", lambda *_: self.sweep(), times=1)
        self.sweep()
        self.engine.remove_hooks()
        self.sweep()
        for order_id in self.orders:
            self.people_are_told_what_is_due(order_id, began)
            self.people_are_told_what_is_due(order_id, self.now)
        assert self.notices_sent() == self.told

    # --- what follows ------------------------------------------------------------------------------------------

    def take(self, role: str, order_id: str, step: str, version: int, tech: int, *, technician: int | None) -> None:
        """Somebody tries a step; what should come of it is said here once more, in other words."""
        order = self.orders[order_id]
        last = sum(one["state"] not in CLOSED for one in self.orders.values()) == 1
        priority = PRIORITIES[(tech + version) % len(PRIORITIES)]
        who: Person = self.techs[technician or 0] if role == "tech" else getattr(self.park, role)
        answer = self.send(who, order_id, step, version, self.techs[tech], priority)
        expected = self.expected(role, order, step, version, tech, technician=technician)
        assert answer.status == expected, (answer, order, step, role)
        if expected == 200:
            self.follow(order, step, tech, priority)
            if step in ("recall", "reopen"):
                self.leads_are_told_of_the_routing(order_id)
            assert (answer.json["state"], answer.json["version"]) == (order["state"], order["version"])
            if step in ("done", "vendor-done", "cancel"):
                assert answer.json["parentReleased"] is last

    def expected(self, role: str, order: Order, step: str, version: int, tech: int, *, technician: int | None) -> int:
        """The status of an answer."""
        is_own = order["tech"] is not None and technician == order["tech"]
        if role not in MAY[step] or (role == "tech" and not is_own):
            return 403
        if version != order["version"] or step not in POSSIBLE[order["state"]]:
            return 409
        if step == "return" and role == "lead" and order["state"] != "ON_HOLD":
            return 403  # the technician is there and can do it
        if step == "assign" and order["state"] in IN_HAND and order["tech"] == tech:
            return 409
        if step == "assign" and tech == 2:
            return 422
        return 422 if step in ("done", "vendor-done") and order["photos"] == 0 else 200

    def follow(self, order: Order, step: str, tech: int, priority: str) -> None:
        """What a step that was taken changes."""
        if step == "edit":
            if priority == order["priority"]:
                return
            order.update(priority=priority, vendor_due=None)
        order["version"] += 1
        order["events"] += 1
        if order["state"] == "ON_HOLD" and step != "edit":
            order["holds"][-1].append(self.now)
        before, order["state"] = order["state"], POSSIBLE[order["state"]][step]
        if step == "hold":
            order["holds"].append([self.now])
        changes = {
            "resume": {"state": order["before"]},
            "hold": {"before": before},
            "assign": {"tech": tech},
            "start": {"photos": 0},
            "outsource": {"tech": None, "photos": 0, "vendor_due": self.now + timedelta(hours=50) if tech else None},
            "recall": {"vendor_due": None},
            "reopen": {"tech": None, "routed": self.now, "holds": [], "vendor_due": None},
        }
        order.update(changes.get(step, {}))

    def due(self, order: Order) -> datetime:
        """When an order is due: the sum of its parts, or what was agreed with the vendor."""
        on_hold = sum((times[1] - times[0] for times in order["holds"] if len(times) == 2), timedelta(0))
        due: datetime = order["vendor_due"] or order["routed"] + timedelta(hours=HOURS[order["priority"]]) + on_hold
        return due

    def leads_are_told_of_the_routing(self, order_id: str) -> None:
        """Who is told at once when an order is routed, reopened or recalled; and of its due date if that has come."""
        self.told[self.park.lead.user_id, "WO_ROUTED", order_id] += 1
        self.people_are_told_what_is_due(order_id, self.now)

    def people_are_told_what_is_due(self, order_id: str, now: datetime) -> None:
        """Who is told when a sweep comes by: each thing once of each due date, even if the date comes back."""
        order = self.orders[order_id]
        if order["state"] in (*CLOSED, "ON_HOLD"):
            return
        due, lead = self.due(order), self.park.lead.user_id
        in_hand = order["state"] in ("ASSIGNED", "IN_PROGRESS")
        holder = self.techs[order["tech"]].user_id if in_hand else lead
        told = order["told"].setdefault(due, set())
        if due - SOON <= now <= due and not told:
            self.tell(order_id, told, "WO_DUE_SOON", {holder})
        if now > due and "WO_OVERDUE" not in told:
            self.tell(order_id, told, "WO_OVERDUE", {holder, lead})
        if now >= due + ESCALATED_AFTER and "WO_ESCALATED" not in told:
            self.tell(order_id, told, "WO_ESCALATED", {self.park.manager.user_id})

    def tell(self, order_id: str, told: set[str], kind: str, people: set[str]) -> None:
        """Note a notice."""
        told.add(kind)
        self.told.update((person, kind, order_id) for person in people)

    def sweep(self) -> None:
        """One pass over due dates."""
        remind_due(self.park.world.parts.dependencies, "sweep", lambda: 60.0)

    def notices_sent(self) -> Counter[tuple[str, str, str]]:
        """The notices that follow from time, as they were sent."""
        people = [self.park.lead, self.park.manager, self.park.ops, *self.techs]
        return Counter(
            (person.user_id, notice.type, notice.subject_id)
            for person in people
            for notice in stored_notices(person)
            if notice.type in FROM_TIME
        )

    def send(  # noqa: PLR0917 - a request in all its parts
        self, person: Person, order_id: str, step: str, version: int, tech: Person, priority: str
    ) -> Answer:
        """One request."""
        vendor_due = {"dueAt": (self.now + timedelta(hours=50)).isoformat()} if tech is not self.techs[0] else {}
        bodies = {
            "assign": {"technicianId": tech.user_id},
            "outsource": {"vendor": "Vekoma", **vendor_due},
            "vendor-done": {"fixNote": "Motor replaced", "cost": 12.5},
            "return": {"reason": "No lift"},
            "hold": {"reason": "PARTS"},
            "cancel": {"reason": "Not needed"},
            "reopen": {"reason": "It broke again"},
            "edit": {"priority": priority},
            "done": {},
        }
        path = f"/v1/work-orders/{order_id}" + ("" if step == "edit" else f"/{step}")
        return person.patch(path, bodies.get(step), if_match=f'"{version}"')

    def chosen(self, number: int) -> tuple[str, Order]:
        """One of the orders."""
        order_id = list(self.orders)[number % len(self.orders)]
        return order_id, self.orders[order_id]

    # --- what stays true ---------------------------------------------------------------------------------------

    @invariant()
    def orders_are_what_they_should_be(self) -> None:
        for order_id, order in self.orders.items():
            found = stored(order_id)
            assert (found.state, found.version, found.completion_photos) == (
                order["state"],
                order["version"],
                order["photos"],
            )
            assert order["state"] != "DONE" or found.completion_photos > 0
            assert found.due_at == self.due(order), order
            assert (found.held_at is None) == (order["state"] != "ON_HOLD")
            assert (found.notice_shard is not None) == (order["state"] not in (*CLOSED, "ON_HOLD"))

    @rule()
    def somebody_looks(self) -> None:
        """Lists cost a request each, so they are looked at now and then, and at the end."""
        self.the_checklist_is_held_as_long_as_anything_is_open()
        self.counts_and_lists_agree_with_the_orders()
        self.what_is_overdue_is_listed()
        assert self.notices_sent() == self.told

    def teardown(self) -> None:
        """The last look."""
        self.somebody_looks()

    def the_checklist_is_held_as_long_as_anything_is_open(self) -> None:
        view = self.park.checklist_view()
        still_open = {key for key, one in self.orders.items() if one["state"] not in CLOSED}
        assert {one["id"] for one in view["openWorkOrders"]} == still_open
        status = "HELD" if still_open else "RELEASED" if self.orders else "OPEN"
        assert (view["status"], view["openCount"]) == (status, len(still_open))

    def counts_and_lists_agree_with_the_orders(self) -> None:
        for number, tech in enumerate(self.techs[:2]):
            mine = {key: one["state"] for key, one in self.orders.items() if one["tech"] == number}
            board = tech.get("/v1/me/dashboard").json["counts"]
            states = list(mine.values())
            names = {
                "assigned": "ASSIGNED",
                "inProgress": "IN_PROGRESS",
                "onHold": "ON_HOLD",
                "returned": "RETURNED",
                "done": "DONE",
            }
            assert {name: board[name] for name in names} == {name: states.count(state) for name, state in names.items()}
            listed = tech.get("/v1/me/work-orders?limit=100").json["workOrders"]
            assert {one["id"] for one in listed} == {key for key, state in mine.items() if state in OWN}
            due = [one["sla"]["dueAt"] for one in listed]
            assert due == sorted(due)

    def what_is_overdue_is_listed(self) -> None:
        late = {
            key
            for key, one in self.orders.items()
            if one["state"] not in (*CLOSED, "ON_HOLD") and self.due(one) < self.now
        }
        listed = self.park.lead.get("/v1/work-orders?state=overdue&limit=100").json["workOrders"]
        assert {one["id"] for one in listed} == late
        everything = self.park.lead.get("/v1/work-orders?limit=100").json["workOrders"]
        assert {one["id"] for one in everything if one["sla"]["overdue"]} == late
        for state in POSSIBLE:
            shown = self.park.lead.get(f"/v1/work-orders?state={state.lower()}&limit=100").json["workOrders"]
            assert {one["id"] for one in shown} == {k for k, one in self.orders.items() if one["state"] == state}

    @precondition(lambda self: self.orders)
    @rule(number=any_order)
    def the_timeline_has_every_write(self, number: int) -> None:
        order_id, order = self.chosen(number)
        seen = self.park.lead.get(f"/v1/work-orders/{order_id}").json
        assert len(seen["timeline"]) == order["events"]
        assert seen["timeline"][-1]["state"] == order["state"]
        returned = [one for one in seen["timeline"] if one["action"] == "RETURNED"]
        assert len(seen["returnHistory"]) == len(returned)
        held = [one for one in seen["timeline"] if one["action"] == "HELD"]
        assert len(seen["holds"]) == len(held)
        assert sum(one["endedAt"] is None for one in seen["holds"]) == (order["state"] == "ON_HOLD")


def test_whatever_people_try_orders_checklists_counts_and_due_dates_agree(engine: EmbeddedEngine) -> None:
    class Here(Repairs):
        def __init__(self) -> None:
            super().__init__(engine)

    run_state_machine_as_test(
        Here, settings=settings(max_examples=examples(16, everyday=1 / 4), stateful_step_count=40)
    )

"""Random repairs: whatever people of all roles try, these things stay true after every step."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from infra.local.engine import EmbeddedEngine
from tests.builders.founding import fresh_world
from tests.builders.maintenance import HOURS, ITEMS, SOUTH, Park, add_photo, stored
from tests.builders.world import Answer, Person
from tests.environment import examples

STEPS = ("assign", "outsource", "start", "done", "return")
WHO = {"assign": "MAINT_TL", "outsource": "MAINT_TL", "start": "TECH", "done": "TECH", "return": "TECH"}
LEADS = {
    ("ROUTED", "assign"): "ASSIGNED",
    ("RETURNED", "assign"): "ASSIGNED",
    ("ASSIGNED", "assign"): "ASSIGNED",
    ("ASSIGNED", "start"): "IN_PROGRESS",
    ("IN_PROGRESS", "done"): "DONE",
    ("ASSIGNED", "return"): "RETURNED",
    ("IN_PROGRESS", "return"): "RETURNED",
    ("ROUTED", "outsource"): "OUTSOURCED",
    ("RETURNED", "outsource"): "OUTSOURCED",
}
OWN = ("ASSIGNED", "IN_PROGRESS", "RETURNED")

any_order, a_technician = st.integers(0, 99), st.integers(0, 2)


class Repairs(RuleBasedStateMachine):
    """One checklist, two technicians of its zone and one of another, a lead, and who routes."""

    def __init__(self, engine: EmbeddedEngine) -> None:
        super().__init__()
        self.park = Park(fresh_world(engine))
        self.techs = [self.park.tech, self.park.person("TECH"), self.park.person("TECH", game_zone=SOUTH)]
        self.orders: dict[str, dict[str, Any]] = {}

    # --- what people do ----------------------------------------------------------------------------------------

    @rule(item=st.sampled_from(ITEMS), priority=st.sampled_from(list(HOURS)))
    def a_finding_is_routed(self, item: str, priority: str) -> None:
        made = self.park.routed(item=item, priority=priority)
        assert made["code"].endswith(f"-{len(self.orders) + 1}")
        self.orders[made["id"]] = {"state": "ROUTED", "tech": None, "version": 1, "photos": 0, "events": 1}

    @precondition(lambda self: self.orders)
    @rule(number=any_order)
    def a_photo_is_taken(self, number: int) -> None:
        order_id, order = self.chosen(number)
        if order["state"] != "DONE":
            add_photo(self.park.world, order_id)
            order["photos"] += 1

    @precondition(
        lambda self: any(one["state"] in ("ROUTED", "ASSIGNED", "IN_PROGRESS") for one in self.orders.values())
    )
    @rule(number=any_order, photo=st.booleans())
    def an_order_goes_on_as_it_should(self, number: int, photo: bool) -> None:
        open_ones = {
            key: one for key, one in self.orders.items() if one["state"] in ("ROUTED", "ASSIGNED", "IN_PROGRESS")
        }
        order_id = list(open_ones)[number % len(open_ones)]
        order = self.orders[order_id]
        if photo:
            add_photo(self.park.world, order_id)
            order["photos"] += 1
        address = {"ROUTED": "assign", "ASSIGNED": "start", "IN_PROGRESS": "done"}[order["state"]]
        person = self.park.lead if order["tech"] is None else self.techs[order["tech"]]
        self.take(person, order_id, address, order["version"], number % 2)

    @precondition(lambda self: self.orders)
    @rule(number=any_order, tech=a_technician, address=st.sampled_from(STEPS), off=st.sampled_from([0, 0, 0, -1, 1]))
    def somebody_tries_any_step(self, number: int, tech: int, address: str, off: int) -> None:
        order_id, order = self.chosen(number)
        person = self.park.lead if WHO[address] == "MAINT_TL" else self.techs[tech]
        self.take(person, order_id, address, order["version"] + off, tech)

    @precondition(lambda self: self.orders)
    @rule(number=any_order, address=st.sampled_from(STEPS), role=st.sampled_from(["ops", "manager", "other"]))
    def somebody_tries_what_is_not_theirs(self, number: int, address: str, role: str) -> None:
        order_id, order = self.chosen(number)
        person: Person = getattr(self.park, role) if role != "other" else self.wrong_one(address)
        answer = self.send(person, order_id, address, order["version"], 0)
        assert answer.status == 403, answer

    # --- what follows ------------------------------------------------------------------------------------------

    def take(self, person: Person, order_id: str, address: str, version: int, tech: int) -> None:
        """Somebody who may tries a step; what should come of it is said here once more, in other words."""
        order = self.orders[order_id]
        last = sum(one["state"] != "DONE" for one in self.orders.values()) == 1
        answer = self.send(person, order_id, address, version, tech)
        expected = self.expected(person, order, address, version, tech)
        assert answer.status == expected, (answer, order, address)
        if expected != 200:
            return
        order["version"] += 1
        order["events"] += 1
        order["state"] = LEADS[order["state"], address]
        assert (answer.json["state"], answer.json["version"]) == (order["state"], order["version"])
        if address in ("start", "outsource"):
            order["photos"] = 0
        if address == "assign":
            order["tech"] = tech
        elif address == "outsource":
            order["tech"] = None
        elif address == "done":
            assert answer.json["parentReleased"] is last

    def expected(self, person: Person, order: dict[str, Any], address: str, version: int, tech: int) -> int:
        """The status of an answer."""
        if WHO[address] == "TECH" and (order["tech"] is None or self.techs[order["tech"]] is not person):
            return 403
        same = address == "assign" and order["state"] == "ASSIGNED" and order["tech"] == tech
        if version != order["version"] or (order["state"], address) not in LEADS or same:
            return 409
        if address == "assign" and tech == 2:
            return 422
        return 422 if address == "done" and order["photos"] == 0 else 200

    def send(self, person: Person, order_id: str, address: str, version: int, tech: int) -> Answer:
        """One request."""
        bodies = {
            "assign": {"technicianId": self.techs[tech].user_id},
            "outsource": {"vendor": "Vekoma"},
            "return": {"reason": "No lift"},
            "done": {},
        }
        path = f"/v1/work-orders/{order_id}/{address}"
        return person.patch(path, bodies.get(address), if_match=f'"{version}"')

    def chosen(self, number: int) -> tuple[str, dict[str, Any]]:
        """One of the orders."""
        order_id = list(self.orders)[number % len(self.orders)]
        return order_id, self.orders[order_id]

    def wrong_one(self, address: str) -> Person:
        """Who may do something with orders, but never this."""
        if address == "return":
            return self.park.ops
        return self.park.lead if WHO[address] == "TECH" else self.park.tech

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
            assert (found.notice_shard is not None) == (order["state"] in ("ASSIGNED", "IN_PROGRESS"))

    @rule()
    def somebody_looks(self) -> None:
        """Lists cost a request each, so they are looked at now and then, and at the end."""
        self.the_checklist_is_held_as_long_as_anything_is_open()
        self.counts_and_lists_agree_with_the_orders()

    def teardown(self) -> None:
        """The last look."""
        self.somebody_looks()

    def the_checklist_is_held_as_long_as_anything_is_open(self) -> None:
        view = self.park.checklist_view()
        still_open = {key for key, one in self.orders.items() if one["state"] != "DONE"}
        assert {one["id"] for one in view["openWorkOrders"]} == still_open
        status = "HELD" if still_open else "RELEASED" if self.orders else "OPEN"
        assert (view["status"], view["openCount"]) == (status, len(still_open))

    def counts_and_lists_agree_with_the_orders(self) -> None:
        for number, tech in enumerate(self.techs[:2]):
            mine = {key: one["state"] for key, one in self.orders.items() if one["tech"] == number}
            board = tech.get("/v1/me/dashboard").json["counts"]
            shown = {name: board[name] for name in ("assigned", "inProgress", "returned", "done")}
            states = list(mine.values())
            names = {"assigned": "ASSIGNED", "inProgress": "IN_PROGRESS", "returned": "RETURNED", "done": "DONE"}
            assert shown == {name: states.count(state) for name, state in names.items()}
            listed = tech.get("/v1/me/work-orders?limit=100").json["workOrders"]
            assert {one["id"] for one in listed} == {key for key, state in mine.items() if state in OWN}
            due = [one["sla"]["dueAt"] for one in listed]
            assert due == sorted(due)

    @precondition(lambda self: self.orders)
    @rule(number=any_order)
    def the_timeline_has_every_write(self, number: int) -> None:
        order_id, order = self.chosen(number)
        seen = self.park.lead.get(f"/v1/work-orders/{order_id}").json
        assert len(seen["timeline"]) == order["events"]
        assert seen["timeline"][-1]["state"] == order["state"]
        returned = [one for one in seen["timeline"] if one["action"] == "RETURNED"]
        assert len(seen["returnHistory"]) == len(returned)


def test_whatever_people_try_orders_checklists_counts_and_lists_agree(engine: EmbeddedEngine) -> None:
    class Here(Repairs):
        def __init__(self) -> None:
            super().__init__(engine)

    run_state_machine_as_test(
        Here, settings=settings(max_examples=examples(12, everyday=1 / 4), stateful_step_count=25)
    )

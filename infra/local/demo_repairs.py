"""Creates the demo data of maintenance: inspections of yesterday, their work orders, and some started repairs.

The work orders cover all open states: unassigned, assigned, in progress, on hold, returned, outsourced, and overdue.
Two schedules will make more.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from infra.local.demo_story import PastClock, Teller

ZONE = "North"
_RIDES = (
    {"code": "RC-07", "name": "River Rapids", "game_zone": ZONE},
    {"code": "CA-01", "name": "Carousel", "game_zone": ZONE},
    {"code": "FL-03", "name": "Flying Boats", "game_zone": "South"},
)
_CHECKLISTS = (
    {
        "checklist_ref": "CL-2041",
        "name": "Opening inspection",
        "ride_code": "RC-07",
        "items": [
            {"item_ref": "A-1", "text": "Lap bars close and lock", "note": "Row 2 twice"},
            {"item_ref": "A-2", "text": "Emergency stop works"},
            {"item_ref": "A-3", "text": "Water level between the marks"},
            {"item_ref": "A-4", "text": "No loose fittings in the station"},
        ],
    },
    {
        "checklist_ref": "CL-2042",
        "name": "Weekly inspection",
        "ride_code": "CA-01",
        "items": [
            {"item_ref": "B-1", "text": "Horses are fastened"},
            {"item_ref": "B-2", "text": "Lights and music"},
            {"item_ref": "B-3", "text": "Drive belt shows no cracks"},
        ],
    },
    {
        "checklist_ref": "CL-2043",
        "name": "Opening inspection",
        "ride_code": "FL-03",
        "items": [{"item_ref": "C-1", "text": "Boats are dry inside"}],
    },
)
_PEOPLE = (
    {"username": "maint1", "role": "MAINT_TL", "full_name": "Hugo Prins", "game_zone": ZONE, "team": "Maintenance"},
    {"username": "ops1", "role": "OPS_TL", "full_name": "Eva Schouten", "game_zone": ZONE, "team": "Operations"},
    {
        "username": "tech1",
        "role": "TECH",
        "full_name": "Mees van Dijk",
        "game_zone": ZONE,
        "team": "Maintenance",
        "reports_to": "maint1",
        "skills": ["hydraulics", "electrics"],
    },
    {
        "username": "tech2",
        "role": "TECH",
        "full_name": "Zoe Brouwer",
        "game_zone": ZONE,
        "team": "Maintenance",
        "reports_to": "maint1",
        "skills": ["mechanics"],
    },
)


class Repairs:
    """Two inspections and their work orders."""

    people: ClassVar[frozenset[str]] = frozenset({"tech1", "tech2", "maint1", "ops1", "manager1", "admin"})
    age: ClassVar[timedelta] = timedelta(days=1)

    def __init__(self, clock: PastClock, teller: Teller) -> None:
        self._clock = clock
        names = ("admin", "manager1", "ops1", "maint1", "tech1", "tech2")
        self._clients = {name: teller.sign_in(name) for name in names}
        self._ids = {
            name: self._as(name).call("GET", "/v1/me", None)["user"]["id"] for name in ("tech1", "tech2", "maint1")
        }

    def play(self) -> None:
        """Play the story."""
        self._load("admin", "users", _PEOPLE)
        self._load("manager1", "rides", _RIDES)
        self._load("manager1", "checklists", _CHECKLISTS)
        bars = self._route("CL-2041", "A-1", "CRITICAL", "The bar of row 2 opens again.")
        stop = self._route("CL-2041", "A-2", "HIGH", None)
        belt = self._route("CL-2042", "B-3", "MEDIUM", "A crack of 2 cm near the joint.")
        lights = self._route("CL-2042", "B-2", "LOW", None)
        saddle = self._route("CL-2042", "B-1", "LOW", "The saddle of horse 12 is cracked.")
        self._route("CL-2041", "A-4", "MEDIUM", None)
        for order, tech in ((bars, "tech1"), (stop, "tech1"), (belt, "tech2"), (lights, "tech2")):
            self._step("maint1", order, "assign", {"technicianId": self._ids[tech]})
        self._step("tech1", bars, "start", {})
        self._step("tech2", belt, "start", {})
        self._step("tech2", belt, "return", {"reason": "The spare belt is one size too small."})
        self._step("tech2", lights, "hold", {"reason": "PARTS", "note": "Two drivers are ordered."})
        self._step("maint1", saddle, "outsource", {"vendor": "Carousel Works", "note": "Quote 2026-118"})
        self._record(bars)
        self._schedule("CA-01", "CL-2042", "B-1", "FREQ=WEEKLY;BYDAY=MO", 1)
        self._schedule("RC-07", "CL-2041", "A-3", "FREQ=MONTHLY;BYDAY=1MO", 3)
        for client in self._clients.values():
            client.sign_out()

    def _load(self, name: str, dataset: str, records: object) -> None:
        self._as(name).post(f"/v1/imports/{dataset}", {"records": records})

    def _route(self, checklist: str, item: str, priority: str, instructions: str | None) -> dict[str, Any]:
        self._clock.sleep(120)
        body = {"checklistRef": checklist, "itemRef": item, "priority": priority, "instructions": instructions}
        order: dict[str, Any] = self._as("ops1").post("/v1/work-orders", body)
        return order

    def _record(self, order: dict[str, Any]) -> None:
        """Comment on an order, and add labour and a part to it."""
        path = f"/v1/work-orders/{order['id']}"
        for name, kind, body in (
            (
                "tech1",
                "comments",
                {"text": "@Hugo Prins The latch is worn on row 4 too.", "mentions": [self._ids["maint1"]]},
            ),
            ("maint1", "comments", {"text": "Replace both, the store has four."}),
            ("tech1", "labour", {"minutes": 25, "note": "Fetched the latches from the store."}),
            ("tech1", "parts", {"name": "Latch LB-4", "quantity": 2, "unitCost": 18.95, "currency": "EUR"}),
        ):
            self._clock.sleep(60)
            self._as(name).post(f"{path}/{kind}", body)

    def _schedule(self, ride: str, checklist: str, item: str, rule: str, lead_days: int) -> None:
        """Make a schedule that makes its first work order in two weeks or later."""
        body = {
            "rideCode": ride,
            "checklistRef": checklist,
            "itemRef": item,
            "rrule": rule,
            "timezone": "Europe/Amsterdam",
            "leadDays": lead_days,
            "priority": "MEDIUM",
            "startsOn": (self._clock.now() + timedelta(days=21)).date().isoformat(),
        }
        self._as("maint1").post("/v1/schedules", body)

    def _step(self, name: str, order: dict[str, Any], action: str, body: object) -> None:
        self._clock.sleep(240)  # all steps are within the hour for which tokens are valid
        path, version = f"/v1/work-orders/{order['id']}/{action}", str(order["version"])
        headers = {"if-match": version}
        order["version"] = self._as(name).call("PATCH", path, body, **headers)["version"]

    def _as(self, name: str) -> Any:
        return self._clients[name]

"""Creates the demo data: two organisations with users, the history of the days before, and open work.

Users are created through the normal write path, twenty per transaction. The history is created through the API, with a
clock that is set back. Its socket events are discarded, so that clients do not receive them later. No courier stays on
duty, so that only couriers that the user signs in get offers.

Existing data is not changed: on an engine that keeps its data, everything is created once. A first start that was
interrupted is completed by the next one (`demo_progress.py`), whose password the users get.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar

import app
from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock, SystemClock
from chalicelib.core.ids import SystemIds
from chalicelib.core.published import Published
from chalicelib.core.settings import settings
from chalicelib.core.store import get, get_many
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.identity.accounts import passwords
from chalicelib.identity.accounts.phones import login_name
from chalicelib.identity.accounts.tables import login_name_key, organisation_key, user_key
from chalicelib.identity.accounts.users import NewAccount, add_user, create_organisation
from infra.local import demo_packing, demo_progress
from infra.local.demo_line import Shift
from infra.local.demo_parcels import Parcels
from infra.local.demo_people import DEMO, ORGANISATIONS, DemoOrganisation, DemoPerson
from infra.local.demo_picking import Picks
from infra.local.demo_repairs import Repairs
from infra.local.demo_story import PastClock, Story, Teller
from infra.local.gateway_http import Gateway

ACTOR = "system:demo"
USER_COUNT = sum(len(organisation.people) for organisation in ORGANISATIONS)
_USERS_PER_TRANSACTION = 20  # at most four items each; a transaction has a hundred at most
_ALL = "all"
_COURIER, _CUSTOMER, _DISPATCHER, _PACKER = "courier3", "customer3", "dispatcher1", "packer1"
_VEHICLE_TYPES = (
    {"code": "bike", "name": "Bicycle", "base_fare": 2.5, "per_km": 0.9, "minimum_fare": 4, "average_kmh": 15},
    {
        "code": "car",
        "name": "Car",
        "base_fare": 3.5,
        "per_km": 1.4,
        "per_minute": 0.25,
        "booking_fee": 0.5,
        "capacity": 8,
    },
    {
        "code": "van",
        "name": "Van",
        "base_fare": 9,
        "per_km": 1.9,
        "per_minute": 0.4,
        "minimum_fare": 18,
        "capacity": 40,
    },
)


def make(password: str) -> frozenset[str]:
    """Create missing data with this password and return the user names of the new users."""
    clock = SystemClock()
    population = _Population(clock, passwords.hash_password(password))
    new = frozenset(name for organisation in ORGANISATIONS for name in population.create(organisation))
    begun_at = demo_progress.begun_at()
    if begun_at is not None and not demo_progress.is_finished(_ALL):
        new |= population.reset_passwords(new)
    if _PACKER in new and not demo_progress.is_finished(_ALL):
        demo_packing.load(DEMO.org_id, ACTOR)
    for story in STORIES:
        if story.people <= new and not demo_progress.is_finished(story.__name__):
            _play_history(story, begun_at or clock.now(), password)
            demo_progress.finish(story.__name__, clock.now())
    if new and not demo_progress.is_finished(_ALL):
        demo_progress.finish(_ALL, clock.now())
    return new


def password_matches(password: str) -> bool:
    """Return whether existing users have this password."""
    login = get(login_name_key(login_name(_COURIER)))
    user = None if login is None else get(user_key(login.org_id, login.user_id))
    return user is not None and passwords.matches(user.password_hash, password)


class _Population:
    """Creates missing organisations and users."""

    def __init__(self, clock: Clock, password_hash: str) -> None:
        self._clock = clock
        self._hash = password_hash
        self._runner = app.compose(settings(), clock, SystemIds(clock)).dependencies.runner

    def create(self, organisation: DemoOrganisation) -> Iterator[str]:
        """Create the organisation and its users, and yield the user names of the new ones."""
        org_id = organisation.org_id
        actor = Actor(org_id, ACTOR, "demo")
        if get(organisation_key(org_id)) is None:
            self._runner.run(actor, partial(_create, organisation))
        missing = self._missing(organisation.people)
        for start in range(0, len(missing), _USERS_PER_TRANSACTION):
            chunk = missing[start : start + _USERS_PER_TRANSACTION]
            self._runner.run(actor, partial(self._add, org_id, chunk))
            yield from (person.username for person in chunk)

    def reset_passwords(self, new: frozenset[str]) -> frozenset[str]:
        """Give all users but the new ones the password, and return their names."""
        for organisation in ORGANISATIONS:
            actor = Actor(organisation.org_id, ACTOR, "demo")
            for person in organisation.people:
                if person.username not in new:
                    self._runner.run(actor, partial(self._reset, person))
        return frozenset(person.username for organisation in ORGANISATIONS for person in organisation.people) - new

    def _reset(self, person: DemoPerson, work: UnitOfWork) -> None:
        login = get(login_name_key(login_name(person.username)))
        user = None if login is None else get(user_key(login.org_id, login.user_id))
        if user is not None:
            work.audit(user.kind, user.user_id, "DEMO_PASSWORD_RESET")
            work.update(user, {"password_hash": self._hash})

    def _missing(self, people: Sequence[DemoPerson]) -> list[DemoPerson]:
        keys = {person: login_name_key(login_name(person.username)) for person in people}
        existing = get_many(keys.values(), self._clock)
        return [person for person in people if existing.get(keys[person]) is None]

    def _add(self, org_id: str, people: Sequence[DemoPerson], work: UnitOfWork) -> None:
        for person in people:
            add_user(
                work,
                org_id,
                NewAccount(
                    username=person.username,
                    full_name=person.full_name,
                    role=person.role,
                    password_hash=self._hash,
                    phone=person.phone,
                    profile_picture=person.profile_picture,
                ),
            )
        work.audit("organisation", org_id, "DEMO_PEOPLE_CREATED")


class _DiscardingOutbox:
    """An outbox that discards all events."""

    def stage(self, work: UnitOfWork) -> None:
        """Do nothing."""

    def deliver(self, recipients: list[Recipient]) -> None:
        """Do nothing."""

    def send_live(self, events: Sequence[Published]) -> None:
        """Do nothing."""


def _create(organisation: DemoOrganisation, work: UnitOfWork) -> None:
    create_organisation(work, organisation.org_id, organisation.name)
    if organisation is DEMO:
        demo_progress.begin(work)


def _play_history(story: type[Story], begun_at: datetime, password: str) -> None:
    """Play a story with the app's clock set back by its age, then reset the clock."""
    past, clock = PastClock(begun_at - story.age), SystemClock()
    config = demo_progress.repeatable(settings())
    app.use(app.compose(config, past, SystemIds(past), outbox=_DiscardingOutbox()))
    try:
        story(past, Teller(Gateway(app.app), password, story.__name__)).play()
    finally:
        app.use(app.compose(settings(), clock, SystemIds(clock)))


class Deliveries:
    """Vehicle types, and two orders of one customer: one without a courier nearby, and one that was delivered."""

    people: ClassVar[frozenset[str]] = frozenset({_COURIER, _CUSTOMER, _DISPATCHER})
    age: ClassVar[timedelta] = timedelta(days=1)

    def __init__(self, clock: PastClock, teller: Teller) -> None:
        self._clock = clock
        self._courier = teller.sign_in(_COURIER)
        self._customer = teller.sign_in(_CUSTOMER)
        self._dispatcher = teller.sign_in(_DISPATCHER)

    def play(self) -> None:
        """Play the story."""
        self._dispatcher.post("/v1/imports/vehicle-types", {"records": _VEHICLE_TYPES})
        self._order("Keizersgracht 174, Amsterdam", "Oosterpark 9, Amsterdam")
        self._clock.sleep(31 * 60)  # until it waits no more
        self._courier.post("/v1/courier/availability", {"available": True})
        order = self._order("Prinsengracht 263, Amsterdam", "Museumplein 6, Amsterdam")
        step = {"order_id": order["order"]["id"], "courier_id": order["assigned_courier_id"]}
        for name, minutes in {"accept": 0.1, "arrived": 7, "picked": 3, "delivered": 12}.items():
            self._clock.sleep(minutes * 60)
            self._courier.post(f"/v1/courier/orders/{name}", step)
        self._courier.post("/v1/courier/availability", {"available": False})
        for client in (self._courier, self._customer, self._dispatcher):
            client.sign_out()

    def _order(self, pickup: str, dropoff: str) -> Any:
        self._clock.sleep(600)
        body = {"pickup_address": pickup, "dropoff_address": dropoff, "receiver_phone": "+31205550203"}
        return self._customer.post("/v1/orders", body)


STORIES: Sequence[type[Story]] = (Deliveries, Repairs, Shift, Picks, Parcels)
"""The history; a story is played once, if all of its users are new."""

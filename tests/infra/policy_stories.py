"""What people do beside the flows: every route, and every branch that asks AWS for something that no other asks for.

Nothing is asserted here but that it works; what was called meanwhile is what the tests of the policies look at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from chalicelib.core.clock import iso
from chalicelib.core.messages import PUSH, OutboundMessage
from chalicelib.core.store import get
from chalicelib.core.work import Recipient
from chalicelib.identity.accounts.tables import User, user_key
from chalicelib.identity.sessions.tables import session_key
from chalicelib.media.storage import object_keys
from infra.local.objects import EmbeddedObjects
from tests.builders import delivery_photos, dispatch
from tests.builders.deployed import DeployedWorld
from tests.builders.forms import Field, form
from tests.builders.mailboxes import recipient
from tests.builders.packing import load
from tests.builders.photos import BUCKET, photo
from tests.builders.reminders import ZONE, in_hand
from tests.builders.signing_in import PASSWORD, anna
from tests.builders.world import OTHER, Answer, Person

Story = Callable[[DeployedWorld, EmbeddedObjects], object]

ADMIN = "SYSTEM_ADMIN"
NEW_PASSWORD = "staple battery horse correct"


def done(answer: Answer, status: int = 200) -> Any:
    """Return the response; it must be a success."""
    assert answer.status == status, answer
    return answer.json if answer.text else None


def cold_starts(world: DeployedWorld, objects: EmbeddedObjects) -> None:
    """Each function in a new process."""
    courier = dispatch.on_duty(world.person("courier"))

    def cold() -> None:
        world.reset_parts()

    cold()
    done(courier.get("/v1/courier/active-order"))
    cold()
    socket = courier.socket("courier")
    cold()
    world.say(socket, '{"event": "ping"}')
    cold()
    world.say(socket, '{"event": "nonsense"}')
    cold()
    world.sweep()
    cold()
    world.sweep_maintenance()
    cold()
    world.hang_up(socket)


def signing_in(world: DeployedWorld, objects: EmbeddedObjects) -> None:
    """Both forms of sign-in, wrong passwords, and everything that ends a session."""
    anna(world)
    for prefix, name, access, token in (
        ("/v1", "identifier", "accessToken", "refreshToken"),
        ("", "username", "access_token", "refresh_token"),
    ):
        given = done(world.call("POST", f"{prefix}/auth/login", {name: "anna", "password": PASSWORD}))
        again = done(world.call("POST", f"{prefix}/auth/refresh", {token: given[token]}))
        world.call("POST", f"{prefix}/auth/logout", {token: again[token]}, token=again[access])
        assert world.call("POST", f"{prefix}/auth/refresh", {token: given[token]}).status == 401
        assert world.call("POST", f"{prefix}/auth/login", {name: "anna", "password": "wrong"}).status == 401


def own_sessions(world: DeployedWorld, objects: EmbeddedObjects) -> None:
    """The list of one's own sessions, and the end of one and of all others; a courier goes off duty with the last."""
    here = dispatch.on_duty(world.person("courier"))
    there = world.signed_in(here.org_id, here.user_id, "courier")
    done(here.get("/v1/me/sessions"))
    done(here.delete("/v1/me/sessions"), 204)
    assert there.get("/v1/me").status == 401
    dispatch.order(world.person("customer"))
    done(here.post("/v1/devices/register", {"platform": "ios", "fcmToken": "phone"}), 201)
    done(here.delete(f"/v1/me/sessions/{here.session_id}"), 204)
    _push(world, here)
    done(world.person("courier").post("/v1/auth/logout"), 204)


def _push(world: DeployedWorld, person: Person) -> None:
    """Send a push notification to a user whose device belongs to a session that has ended."""
    world.message_queue.put(OutboundMessage(PUSH, person.user_id, "Title", "Text", person.org_id))


def changed_roles(world: DeployedWorld, objects: EmbeddedObjects) -> None:
    """A user whose role changed after the token was issued, without the end of the session."""
    courier = world.person("customer")
    socket = courier.socket()
    where = user_key(courier.org_id, courier.user_id)
    world.run(lambda work: work.update_unread(where, actions=[User.role.set("courier")], audited=False))
    done(courier.get("/v1/me"))
    world.say(socket, '{"event": "location.update", "data": {"latitude": 52.37, "longitude": 4.89}}')
    courier.socket()


def passwords(world: DeployedWorld, objects: EmbeddedObjects) -> None:
    """Password recovery by e-mail and SMS, and a password change."""
    anna(world, username="berta", email="berta@example.org", phone="+31 6 8765 4321")
    carla = anna(world, username="carla", email=None, phone="+31 6 8765 4322")
    for identifier in ("berta", "carla", "nobody"):
        done(world.call("POST", "/v1/auth/forgot-password", {"identifier": identifier}), 204)
    [token] = set(re.findall(r"[A-Za-z0-9_-]{43}", world.cloud.sent_texts[0]))
    reset = {"token": token, "newPassword": NEW_PASSWORD}
    done(world.call("POST", "/v1/auth/reset-password", reset), 204)
    done(carla.post("/v1/me/password", {"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD}), 204)
    assert len(world.cloud.sent_texts) >= 2


def people(world: DeployedWorld, objects: EmbeddedObjects) -> None:
    """Users, roles, settings, imports, devices, the audit trail, and the user's own data."""
    admin, other = world.person(ADMIN), world.person(ADMIN)
    body = {"username": "new", "fullName": "New", "role": "TECH", "reportsTo": other.user_id, "email": "n@example.org"}
    made = done(admin.post("/v1/users", body, idempotency_key="once"), 201)
    done(admin.post("/v1/users", body, idempotency_key="once"), 201)
    assert admin.post("/v1/users", body, idempotency_key="taken").status == 409  # NAME_TAKEN
    user = f"/v1/users/{_id_in(made)}"
    done(admin.get("/v1/users"))
    done(admin.get(user))
    done(admin.patch(user, {"username": "newer", "email": "newer@example.org", "team": "Night"}))
    done(admin.patch(user, {"status": "DISABLED"}))
    done(other.patch(f"/v1/users/{admin.user_id}", {"role": "QA"}))
    record = {"username": "loaded", "password": PASSWORD, "role": "TECH", "full_name": "Loaded", "reports_to": "newer"}
    for _ in range(2):
        done(load(other, "users", record))
    done(other.get("/v1/roles"))
    done(other.get("/v1/roles/TECH"))
    done(other.put("/v1/roles/QA", {"permissions": [{"code": "audit.read", "scope": "org"}]}))
    device = done(other.post("/v1/devices/register", {"platform": "ios", "fcmToken": "mine"}), 201)["id"]
    done(other.delete(f"/v1/devices/{device}"), 204)
    for query in ("", f"?entityId={other.user_id}", f"?actorId={other.user_id}"):
        done(other.get(f"/v1/audit{query}"))
    for path in ("/v1/me", "/v1/me/profile", "/v1/organisation/settings/maintenance"):
        done(other.get(path))
    done(other.put("/v1/organisation/settings/maintenance", {}))
    done(other.get("/v1/organisation/settings/packing"))
    for path in ("/health", "/v1/health", "/v1/openapi.json", "/v1/openapi-3.0.json", "/v1/asyncapi.json"):
        done(world.call("GET", path))
    assert world.person("customer").post("/v1/users", body).status == 403


def machines(world: DeployedWorld, objects: EmbeddedObjects) -> None:
    """Roles of the organisation's own, API keys, and names that another organisation has."""
    admin = world.person(ADMIN)
    permissions = [{"code": code, "scope": "org"} for code in ("audit.read", "identity.profile.read")]
    done(admin.post("/v1/roles", {"code": "auditor", "name": "Auditor", "permissions": permissions}), 201)
    made = done(admin.post("/v1/api-keys", {"name": "Archive", "role": "auditor"}), 201)
    for path in ("/v1/me", "/v1/audit"):
        done(world.call("GET", path, token=made["data"]["key"]))
    done(admin.get("/v1/api-keys"))
    assert admin.delete("/v1/roles/auditor").status == 409  # ROLE_IN_USE
    done(admin.delete(f"/v1/api-keys/{_id_in(made)}"), 204)
    person = world.person("auditor")
    done(admin.patch(f"/v1/users/{person.user_id}", {"role": "courier"}))
    done(admin.get("/v1/roles"))
    done(admin.delete("/v1/roles/auditor"), 204)
    world.person("courier", OTHER, username="elsewhere")
    body = {"username": "elsewhere", "fullName": "New", "role": "TECH", "company_id": admin.org_id}
    assert admin.post("/v1/users", body).status == 409  # NAME_TAKEN


def proven_deliveries(world: DeployedWorld, objects: EmbeddedObjects) -> None:
    """Wrong and right PINs, photos that are uploaded in both ways, lost or kept."""
    customer, courier = world.person("customer"), dispatch.on_duty(world.person("courier"), 20.0, 20.0)
    required = {"requirements": {"pin": True, "photo": True}}
    placed = dispatch.order(customer, pickup_lat=20.0, pickup_lng=20.0, **required)
    dispatch.carried(courier, placed, until="picked_up")
    photos, body = f"/v1/orders/{placed['id']}/photos", {"order_id": placed["id"], "courier_id": courier.user_id}
    kept, lost = (delivery_photos.uploaded(courier, placed["id"])["id"] for _ in range(2))
    prepared = done(courier.post(f"{photos}/presign", {}), 201)
    assert courier.post(f"{photos}/{prepared['id']}/confirm").status == 409
    content_type, raw = form(*(Field(*one) for one in prepared["fields"].items()), Field("file", photo(), "photo.jpg"))
    assert objects.post(prepared["url"], content_type, raw).status == 204
    for _ in range(2):
        done(courier.post(f"{photos}/{prepared['id']}/confirm"), 201)
    done(courier.post(f"{photos}/presign", {}), 201)
    done(customer.get(photos))
    objects.service.store.delete(BUCKET, object_keys(courier.org_id, lost).full)
    world.clock.advance(minutes=50)
    world.sweep_maintenance()
    wrong = f"{(int(placed['delivery_pin']) + 1) % 10_000:04}"
    for pin, status in ((wrong, 409), (placed["delivery_pin"], 200)):
        body["proof"] = {"pin": pin, "photo_id": kept}
        done(courier.post("/v1/courier/orders/delivered", body), status)


def prices(world: DeployedWorld, objects: EmbeddedObjects) -> None:
    """Vehicle types, tariffs, and an order whose price is compared with them."""
    customer = world.person("customer")
    van = {"code": "van", "name": "Van", "base_fare": 9, "per_km": 1.9}
    for _ in range(2):
        done(load(world.person("dispatcher"), "vehicle-types", van))
    places = dict(
        zip(("pickup_lat", "pickup_lng", "dropoff_lat", "dropoff_lng"), (52.37, 4.89, 52.36, 4.91), strict=True)
    )
    query = "&".join(f"{name}={value}" for name, value in places.items())
    [tariff] = done(customer.get(f"/v1/orders/tariffs?{query}"))["tariffs"]
    dispatch.order(customer, vehicle_type_id="van", estimated_price_cents=tariff["price_cents"])


def failed_deliveries(world: DeployedWorld, objects: EmbeddedObjects) -> None:
    """What a dispatcher decides, and goods that go back."""
    customer = world.person("customer")
    dispatcher, courier = world.person("dispatcher"), dispatch.on_duty(world.person("courier"), 20.0, 20.0)
    placed = {}
    for action in ("undeliverable", "deliver", "cancel", "release"):
        placed = dispatch.order(customer, pickup_lat=20.0, pickup_lng=20.0)
        done(dispatch.assign_order(dispatcher, placed["id"], courier))
        if action in {"undeliverable", "deliver"}:
            placed = dispatch.carried(courier, placed, "picked_up")
        done(dispatch.decide(dispatcher, action, placed["id"]))
    done(dispatch.cancel_order(customer, placed["id"]))
    placed = dispatch.carried(courier, dispatch.order(customer, pickup_lat=20.0, pickup_lng=20.0), "picked_up")
    for action in ("undeliverable", "returned"):
        done(dispatch.step(courier, action, placed["id"]))
    dispatch.duty(courier, available=False)


def deliveries(world: DeployedWorld, objects: EmbeddedObjects) -> None:
    """All outcomes of an order except delivery, and the lists."""
    customer = world.person("customer", full_name="Casey", phone="+31 6 1234 0000")
    near, far = (dispatch.on_duty(world.person("courier"), km=km) for km in (1.0, 2.0))
    placed = dispatch.order(customer)
    done(dispatch.step(near, "decline", placed["id"]))
    done(dispatch.step(far, "accept", placed["id"]))
    dispatch.report(far, 52.37, 4.89)
    done(world.call("GET", f"/v1/track/{dispatch.share(customer, placed['id'])}"))
    done(customer.delete(f"/v1/orders/{placed['id']}/tracking-link"), 204)
    done(dispatch.step(far, "cancel", placed["id"]))
    done(dispatch.cancel_order(customer, dispatch.order(customer, **dispatch.NOWHERE)["id"]))
    dispatch.order(customer)
    for path in ("active-order", "activeOrder", "orders/history"):
        done(near.get(f"/v1/courier/{path}"))
        done(customer.get(f"/v1/customer/{path}"))
    done(customer.get("/v1/customer/active-orders"))
    done(near.get("/v1/courier/availability"))
    for path in ("orders", "orders?status=delivered", "couriers", f"couriers?near={dispatch.LAT},{dispatch.LNG}"):
        done(world.person("dispatcher").get(f"/v1/{path}"))
    done(world.person(ADMIN).get("/v1/overview"))
    done(world.person(ADMIN).put("/v1/organisation/settings/dispatch", {}))
    done(world.person(ADMIN).get("/v1/organisation/settings/dispatch"))
    done(customer.get(f"/v1/orders/{placed['id']}/timeline"))
    for courier in (near, far):
        courier.post("/v1/courier/availability", {"available": False})


def waits(world: DeployedWorld, objects: EmbeddedObjects) -> None:
    """Orders that wait for a courier, and one that is scheduled."""
    customer = world.person("customer")
    waiting = dispatch.order(customer, pickup_lat=10.0, pickup_lng=10.0)["id"]
    done(dispatch.retry_order(customer, waiting))
    courier = dispatch.on_duty(world.person("courier"), 10.0, 10.01)
    dispatch.duty(courier, available=False)
    done(customer.get("/v1/customer/active-order"))
    dispatch.order(customer, pickup_after=iso(world.clock.now() + timedelta(minutes=20)))
    dispatch.order(customer, pickup_lat=10.0, pickup_lng=10.0)
    dispatch.end_waits(world)
    first, second = (dispatch.on_duty(world.person("courier"), 10.0, lng) for lng in (10.01, 10.02))
    done(second.post("/v1/devices/register", {"platform": "android", "fcmToken": "offers"}), 201)
    dispatch.order(customer, pickup_lat=10.0, pickup_lng=10.0)
    dispatch.time_out(world)
    for each in (first, second):
        dispatch.duty(each, available=False)


def gone_sockets(world: DeployedWorld, objects: EmbeddedObjects) -> None:
    """Delivery deletes closed connections."""
    customer, courier = world.person("customer"), dispatch.on_duty(world.person("courier"))
    for deliver in (lambda: dispatch.order(customer), lambda: dispatch.time_out(world)):
        socket = customer.socket("customer")
        world.clock.advance(seconds=11)
        world.cloud.gone.add(socket)
        deliver()
    socket = courier.socket("courier")
    world.say(socket, '{"event": "location.update", "data": {"latitude": 52.37, "longitude": 4.89}}')
    world.hang_up(socket)
    socket = courier.socket("courier", ticket=done(courier.post("/v1/ws/tickets"), 201)["ticket"])
    world.say(socket, '{"event": "ack", "data": {"id": 1}}')
    for _ in range(10):
        courier.socket("courier")
    world.say(socket, "x" * 40_000)
    # One that leaves as it comes, which is believed only after a while.
    world.cloud.gone.add("fleeting")
    world.connect("fleeting", customer.token, "customer")
    world.clock.advance(seconds=11)
    world.deliver_to(Recipient(customer.org_id, customer.user_id))


def sockets_that_fall_behind(world: DeployedWorld, objects: EmbeddedObjects) -> None:
    """Each function that delivers finds old events and a gateway that refuses, and then a session that has ended."""
    customer, courier = world.person("customer"), dispatch.on_duty(world.person("courier"))
    tech = world.person("TECH", game_zone=ZONE)

    def order() -> None:
        dispatch.report(courier, 52.37, 4.89)
        dispatch.order(customer)

    def become_due() -> None:
        in_hand(world, tech, world.clock.now())

    def deliver_to_customer() -> None:
        world.deliver_to(recipient(customer))

    for person, channel, prepare, deliver in (
        (customer, "customer", nothing, order),
        (customer, "customer", order, lambda: dispatch.time_out(world)),
        (tech, "staff", become_due, world.sweep_maintenance),
        (customer, "customer", nothing, deliver_to_customer),
    ):
        name = f"refusing-{world.ids.new()}"
        world.cloud.refusing.add(name)
        assert world.connect(name, person.fresh_token(), channel)["statusCode"] == 200
        publish_stale_offer(world, person)
        world.clock.advance(minutes=12)
        prepare()
        deliver()
        prepare()
        other = world.signed_in(person.org_id, person.user_id, person.role)
        other.socket(channel)
        session = get(session_key(person.org_id, person.user_id, other.session_id))
        world.run(lambda work, ended=session: work.update(ended, {"ended_at": work.now}))
        deliver()


def couriers_who_come_near(world: DeployedWorld, objects: EmbeddedObjects) -> None:
    """Couriers come near waiting orders of a customer whose socket is gone, refuses, or is of an ended session."""
    customer = world.person("customer")
    for lat in (10.0, 11.0, 12.0):
        dispatch.order(customer, pickup_lat=lat, pickup_lng=10.0)
    world.cloud.gone.add(customer.socket("customer"))
    world.clock.advance(seconds=11)
    come_near(world, 10.0)
    world.cloud.refusing.add("refusing")
    assert world.connect("refusing", customer.fresh_token(), "customer")["statusCode"] == 200
    publish_stale_offer(world, customer)
    world.clock.advance(minutes=12)
    come_near(world, 11.0)
    other = world.signed_in(customer.org_id, customer.user_id, customer.role)
    other.socket("customer")
    session = get(session_key(customer.org_id, customer.user_id, other.session_id))
    world.run(lambda work: work.update(session, {"ended_at": work.now}))
    come_near(world, 12.0)


def come_near(world: DeployedWorld, lat: float) -> None:
    """A courier who has a device says on their socket that they are near an order that waits."""
    courier = dispatch.on_duty(world.person("courier"), -50.0, 10.0)
    done(courier.post("/v1/devices/register", {"platform": "android", "fcmToken": f"near-{lat}"}), 201)
    position = {"latitude": lat, "longitude": 10.0}
    world.say(courier.socket("courier"), json.dumps({"event": "location.update", "data": position}))
    assert courier.get("/v1/courier/active-order").json["active"]


def nothing() -> None:
    """Prepare nothing."""


def publish_stale_offer(world: DeployedWorld, person: Person) -> None:
    """Publish the offer of an order that does not exist."""
    to, offer = recipient(person), {"order_id": "an order that is gone"}
    world.run(lambda work: work.publish(to, "order.assigned", offer))


def _id_in(made: Any) -> str:
    known = made.get("data", made)
    return str(known["id"])

"""Users: create, read, list, update, disable, and reset passwords through the console's endpoints."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.core.store import get
from chalicelib.identity.accounts.tables import user_key
from infra.local.engine import EmbeddedEngine
from tests.builders.world import OTHER, Answer, Person, World

ADMIN = "SYSTEM_ADMIN"
PASSWORD = "seven quiet rivers"


def new_user(**fields: Any) -> dict[str, Any]:
    body = {"username": "Mara.K", "fullName": "Mara Kuipers", "role": "picker", **fields}
    return {name: value for name, value in body.items() if value is not None}


def add(admin: Person, **fields: Any) -> dict[str, Any]:
    answer = admin.post("/v1/users", new_user(**fields))
    assert answer.status == 201, answer
    data: dict[str, Any] = answer.json["data"]
    return data


def sign_in(world: World, name: str, password: str) -> Answer:
    return world.call("POST", "/v1/auth/login", {"identifier": name, "password": password})


def test_create_user_stores_all_fields_and_user_can_log_in(world: World) -> None:
    admin, lead = world.person(ADMIN), world.person("supervisor")
    fields = {
        "email": "Mara@Example.org",
        "phone": "+31 6 1234 5678",
        "gameZone": "North",
        "team": "Night",
        "reportsTo": lead.user_id,
        "skills": ["forklift"],
        "profilePicture": "https://p.example/m.jpg",
    }
    answer = admin.post("/v1/users", new_user(password=PASSWORD, **fields))
    assert answer.status == 201
    assert answer.json["success"] is True
    made = answer.json["data"]
    now = "2026-03-01T09:00:00Z"
    assert made.pop("id")
    assert made == {
        "username": "Mara.K",
        "fullName": "Mara Kuipers",
        "role": "picker",
        "status": "ACTIVE",
        **fields,
        "phone": "+31612345678",
        "version": 1,
        "createdAt": now,
        "updatedAt": now,
    }
    assert answer.headers["ETag"] == '"1"'
    for name in ("mara.k", "mara@example.org", "+31612345678"):
        assert sign_in(world, name, PASSWORD).status == 200


def test_create_user_without_password_shows_one_time_password_once(world: World) -> None:
    admin = world.person(ADMIN)
    first = admin.post("/v1/users", new_user(), idempotency_key="k")
    secret = first.json["data"]["oneTimePassword"]
    assert sign_in(world, "mara.k", secret).status == 200
    again = admin.post("/v1/users", new_user(), idempotency_key="k")
    assert (again.status, again.headers["Idempotent-Replayed"]) == (201, "true")
    told = dict(first.json["data"])
    del told["oneTimePassword"]
    assert again.json["data"] == told
    assert "oneTimePassword" not in admin.get(f"/v1/users/{told['id']}").json["data"]
    assert all(secret not in str(row.attribute_values) for row in world.audit())


def test_create_user_is_audited_without_secrets(world: World) -> None:
    admin = world.person(ADMIN)
    made = add(admin, password=PASSWORD)
    [row] = [row for row in world.audit() if row.entity_id == made["id"]]
    assert (row.actor_id, row.action_type, row.outcome) == (admin.user_id, "USER_CREATED", "OK")
    assert '"username":[null,"Mara.K"]' in str(row.payload_diff)
    assert "argon2" not in str(row.payload_diff)


@pytest.mark.parametrize(
    ("fields", "bad"),
    [
        ({"username": "two words"}, "username"),
        ({"fullName": "  "}, "fullName"),
        ({"email": "nobody"}, "email"),
        ({"phone": "call me"}, "phone"),
        ({"role": "emperor"}, "role"),
        ({"reportsTo": "nobody"}, "reportsTo"),
        ({"status": "ACTIVE"}, "status"),
        ({"password": ""}, "password"),
        ({"password": "short"}, "password"),
        ({"password": "1234567890"}, "password"),
        ({"password": "the demo people"}, "password"),
        ({"fullName": "Mara\nKuipers"}, "fullName"),
        ({"fullName": "Mara\u2028Kuipers"}, "fullName"),
    ],
)
def test_create_user_names_invalid_field(world: World, fields: dict[str, Any], bad: str) -> None:
    answer = world.person(ADMIN).post("/v1/users", new_user(**fields))
    assert (answer.status, answer.code, list(answer.fields)) == (422, "VALIDATION_ERROR", [bad])


def test_create_user_names_all_invalid_fields(world: World) -> None:
    wrong = {"role": "emperor", "phone": "1", "reportsTo": "nobody", "password": "short"}
    assert set(world.person(ADMIN).post("/v1/users", new_user(**wrong)).fields) == set(wrong)


def test_superior_of_another_organisation_is_rejected(world: World) -> None:
    stranger = world.person("supervisor", OTHER)
    answer = world.person(ADMIN).post("/v1/users", new_user(reportsTo=stranger.user_id))
    assert answer.fields == {"reportsTo": "is not the id of a user of this organisation"}


@pytest.mark.parametrize("org_id", ["demo", OTHER])
@pytest.mark.parametrize(
    ("field", "mine", "theirs"),
    [
        ("username", "MARA", "mara"),
        ("email", "m@Example.org", "M@example.ORG"),
        ("phone", "+31 6 1234 5678", "+31-612345678"),
    ],
)
def test_login_name_in_use_is_rejected(world: World, org_id: str, field: str, mine: str, theirs: str) -> None:
    owner = add(world.person(ADMIN, org_id), **{"username": "first", field: mine})
    admin = world.person(ADMIN)
    answer = admin.post("/v1/users", new_user(**{"username": "second", field: theirs}))
    assert (answer.status, answer.code, answer.json["error"]["details"]) == (409, "NAME_TAKEN", {"field": field})
    assert owner["id"] not in answer.text
    other = add(admin, username="third")
    answer = admin.patch(f"/v1/users/{other['id']}", {field: theirs})
    assert (answer.status, answer.code, answer.json["error"]["details"]) == (409, "NAME_TAKEN", {"field": field})


def test_user_name_equal_to_another_users_email_is_rejected(world: World) -> None:
    admin = world.person(ADMIN)
    add(admin, username="a", email="mara@example.org")
    answer = admin.post("/v1/users", new_user(username="Mara@Example.org"))
    assert (answer.status, answer.json["error"]["details"]) == (409, {"field": "username"})


@pytest.mark.parametrize("hidden", ["\u200b", "\u00ad", "\u2060", "\ufeff", "\u200d", "\x01"])
def test_invisible_characters_are_removed_at_the_ends_of_login_names_and_refused_inside(
    world: World, hidden: str
) -> None:
    admin = world.person(ADMIN)
    around = {"username": f"{hidden}Mara.K{hidden}", "email": f"{hidden}mara@example.org{hidden}"}
    inside = {"username": f"Mara{hidden}K", "email": f"ma{hidden}ra@example.org"}
    assert admin.post("/v1/users", new_user(**inside)).fields.keys() == inside.keys()
    made = add(admin, password=PASSWORD, **around)
    assert (made["username"], made["email"]) == ("Mara.K", "mara@example.org")
    assert admin.patch(f"/v1/users/{made['id']}", inside).fields.keys() == inside.keys()
    assert admin.patch(f"/v1/users/{made['id']}", around).json["data"]["version"] == 1
    assert sign_in(world, f"{hidden}mara.k{hidden}", PASSWORD).status == 200
    scanner = {"username": f"mara@example.org{hidden}", "password": PASSWORD}
    assert world.call("POST", "/auth/login", scanner).status == 200
    assert sign_in(world, f"mara{hidden}.k", PASSWORD).code == "AUTH_INVALID"
    assert sign_in(world, hidden, PASSWORD).fields.keys() == {"identifier"}
    record = {"username": f"No{hidden}ra", "full_name": "Nora", "role": "picker", "password": PASSWORD}
    answer = admin.post("/v1/imports/users", {"records": [record, {**record, "username": f"{hidden}Nora"}]})
    assert (answer.json["data"]["created"], answer.json["data"]["rejected"][0]["fields"].keys()) == (1, {"username"})
    assert sign_in(world, "nora", PASSWORD).status == 200


def test_changed_login_names_release_the_old_ones(world: World) -> None:
    admin = world.person(ADMIN)
    mara = add(admin, password=PASSWORD, email="m@example.org", phone="+31612345678")
    changed = admin.patch(f"/v1/users/{mara['id']}", {"username": "mara2", "email": None})
    assert (changed.status, changed.json["data"]["username"], changed.json["data"]["version"]) == (200, "mara2", 2)
    assert "email" not in changed.json["data"]
    assert sign_in(world, "mara2", PASSWORD).status == 200
    assert sign_in(world, "+31612345678", PASSWORD).status == 200
    assert [sign_in(world, name, PASSWORD).status for name in ("mara.k", "m@example.org")] == [401, 401]
    add(admin, username="mara.k", email="m@example.org")


def test_user_name_in_other_case_is_the_same_login_name(world: World) -> None:
    admin = world.person(ADMIN)
    mara = add(admin, password=PASSWORD)
    assert admin.patch(f"/v1/users/{mara['id']}", {"username": "MARA.K"}).json["data"]["username"] == "MARA.K"
    assert sign_in(world, "mara.k", PASSWORD).status == 200


def test_stale_version_is_refused_without_change(world: World) -> None:
    admin = world.person(ADMIN)
    where = f"/v1/users/{add(admin)['id']}"
    assert admin.patch(where, {"team": "Day"}, if_match='"1"').status == 200
    stale = admin.patch(where, {"team": "Night"}, if_match='"1"')
    assert (stale.status, stale.code, stale.json["error"]["details"]) == (409, "VERSION_CONFLICT", {"version": 2})
    read = admin.get(where)
    assert (read.json["data"]["team"], read.headers["ETag"]) == ("Day", '"2"')


def test_update_user_without_difference_keeps_version(world: World) -> None:
    admin = world.person(ADMIN)
    where = f"/v1/users/{add(admin, team='Day')['id']}"
    assert admin.patch(where, {"team": "Day"}).json["data"]["version"] == 1
    assert admin.patch(where, {}).json["data"]["version"] == 1


def test_update_user_names_invalid_field(world: World) -> None:
    admin = world.person(ADMIN)
    where = f"/v1/users/{add(admin)['id']}"
    body = {"status": "GONE", "email": "x", "fullName": None, "password": "x"}
    assert set(admin.patch(where, body).fields) == set(body)
    assert admin.patch(where, {"role": "emperor", "phone": "1"}).fields.keys() == {"role", "phone"}


def test_disabled_user_loses_sessions_even_when_enabled_again(world: World) -> None:
    admin, picker = world.person(ADMIN), world.person("picker")
    where = f"/v1/users/{picker.user_id}"
    assert picker.get("/v1/me").status == 200
    assert admin.patch(where, {"status": "DISABLED"}).json["data"]["status"] == "DISABLED"
    assert (picker.get("/v1/me").status, picker.get("/v1/me").code) == (401, "AUTH_INVALID")
    assert admin.patch(where, {"status": "ACTIVE"}).status == 200
    assert picker.get("/v1/me").status == 401
    actions = [row.action_type for row in world.audit() if row.entity_id == picker.user_id]
    assert sorted(actions) == ["USER_CREATED", "USER_DISABLED", "USER_ENABLED"]


def test_disabled_user_can_neither_log_in_nor_refresh(world: World) -> None:
    admin = world.person(ADMIN)
    mara = add(admin, password=PASSWORD)
    tokens = sign_in(world, "mara.k", PASSWORD).json
    admin.patch(f"/v1/users/{mara['id']}", {"status": "DISABLED"})
    assert sign_in(world, "mara.k", PASSWORD).status == 401
    refresh = {"refreshToken": tokens["refreshToken"]}
    assert world.call("POST", "/v1/auth/refresh", refresh).status == 401
    admin.patch(f"/v1/users/{mara['id']}", {"status": "ACTIVE"})
    assert world.call("POST", "/v1/auth/refresh", refresh).status == 401
    assert sign_in(world, "mara.k", PASSWORD).status == 200


def test_users_cannot_disable_themselves(world: World) -> None:
    admin, _ = world.person(ADMIN), world.person(ADMIN)
    answer = admin.patch(f"/v1/users/{admin.user_id}", {"status": "DISABLED"})
    assert (answer.status, answer.code) == (409, "WORKFLOW_VIOLATION")
    assert answer.json["error"]["details"] == {"state": "ACTIVE", "action": "disable", "allowed": []}


def test_changed_role_ends_sessions_and_applies_from_next_sign_in(world: World) -> None:
    admin, person = world.person(ADMIN), world.person("customer")
    assert person.get("/v1/customer/active-orders").status == 200
    assert admin.patch(f"/v1/users/{person.user_id}", {"role": "courier"}).status == 200
    assert person.get("/v1/customer/active-orders").code == "AUTH_INVALID"
    person = world.signed_in(person.org_id, person.user_id, "courier")
    assert person.get("/v1/customer/active-orders").status == 403
    assert person.get("/v1/courier/active-order").status == 200
    assert person.get("/v1/me").json["role"]["code"] == "courier"


def test_reset_password_is_shown_once_and_ends_all_sessions(world: World) -> None:
    admin = world.person(ADMIN)
    mara = add(admin, password=PASSWORD)
    where = f"/v1/users/{mara['id']}"
    token = sign_in(world, "mara.k", PASSWORD).json["accessToken"]
    answer = admin.patch(where, {"resetPassword": True}, idempotency_key="r")
    secret = answer.json["data"]["oneTimePassword"]
    assert re.fullmatch(r"[2-9a-z]{5}(-[2-9a-z]{5}){3}", secret)
    assert world.call("GET", "/v1/me", token=token).status == 401
    assert sign_in(world, "mara.k", PASSWORD).status == 401
    assert sign_in(world, "mara.k", secret).status == 200
    again = admin.patch(where, {"resetPassword": True}, idempotency_key="r")
    assert (again.status, "oneTimePassword" in again.json["data"]) == (200, False)
    [row] = [row for row in world.audit() if row.action_type == "USER_PASSWORD_RESET"]
    assert row.payload_diff == '{"one_time_password":[false,true]}'


def test_users_of_another_organisation_are_not_found(world: World) -> None:
    admin, stranger = world.person(ADMIN), world.person("picker", OTHER)
    where = f"/v1/users/{stranger.user_id}"
    stale = admin.patch(where, {"role": "picker"}, if_match="9")
    answers = [admin.get(where), admin.patch(where, {"team": "x"}), stale]
    assert {(answer.status, answer.code) for answer in answers} == {(404, "NOT_FOUND")}
    assert [user["username"] for user in admin.get("/v1/users").json["data"]] == [f"{ADMIN}-1"]


def test_without_permission_users_can_be_neither_read_nor_changed(world: World) -> None:
    for role in ("picker", "supervisor", "VIEW_ONLY", "gm"):
        person = world.person(role)
        answers = [
            person.get("/v1/users"),
            person.get(f"/v1/users/{person.user_id}"),
            person.post("/v1/users", new_user()),
            person.patch(f"/v1/users/{person.user_id}", {"role": ADMIN}),
        ]
        assert {(answer.status, answer.code) for answer in answers} == {(403, "ACCESS_DENIED")}


def test_user_manager_cannot_grant_permissions_beyond_own(world: World) -> None:
    admin, lead = world.person(ADMIN), world.person("supervisor")
    held = admin.get("/v1/roles/supervisor").json["data"]["permissions"]
    extra = [{"code": f"identity.user.{what}", "scope": "org"} for what in ("read", "manage")]
    assert admin.put("/v1/roles/supervisor", {"permissions": held + extra}).status == 200
    made = lead.post("/v1/users", new_user())
    assert made.status == 201
    where = f"/v1/users/{made.json['data']['id']}"
    for answer in (
        lead.post("/v1/users", new_user(username="b", role=ADMIN)),
        lead.patch(where, {"role": ADMIN}),
        lead.patch(f"/v1/users/{lead.user_id}", {"role": ADMIN}),
        lead.patch(f"/v1/users/{admin.user_id}", {"resetPassword": True}),
    ):
        assert (answer.status, answer.code) == (403, "ACCESS_DENIED"), answer
    assert lead.patch(where, {"role": "operative"}).status == 200


def test_zone_scope_covers_users_of_that_zone(world: World) -> None:
    admin, lead = world.person(ADMIN), world.person("MAINT_TL", game_zone="North")
    here, there = world.person("VIEW_ONLY", game_zone="North"), world.person("VIEW_ONLY", game_zone="South")
    everything = admin.get("/v1/roles/SYSTEM_ADMIN").json["data"]["permissions"]
    zoned = [{**one, "scope": "zone" if "user" in one["code"] else "org"} for one in everything]
    kept = [one for one in zoned if one["code"] != "identity.role.manage"]
    assert admin.put("/v1/roles/MAINT_TL", {"permissions": kept}).status == 200
    assert {user["id"] for user in lead.get("/v1/users").json["data"]} == {lead.user_id, here.user_id}
    assert lead.patch(f"/v1/users/{here.user_id}", {"team": "A"}).status == 200
    assert lead.get(f"/v1/users/{there.user_id}").status == 403
    assert lead.patch(f"/v1/users/{there.user_id}", {"team": "A"}).status == 403
    assert lead.patch(f"/v1/users/{here.user_id}", {"gameZone": "South"}).status == 403
    assert lead.post("/v1/users", new_user(role="VIEW_ONLY", gameZone="South")).status == 403
    assert lead.post("/v1/users", new_user(role="VIEW_ONLY", gameZone="North")).status == 201


def test_list_users_is_sorted_with_exact_count(world: World) -> None:
    admin = world.person(ADMIN, username="zoe")
    for number in (3, 1, 2, 5, 4):
        world.person("picker", username=f"P{number}")
    world.person("picker", OTHER, username="p0")
    seen = []
    for page in (1, 2, 3, 4):
        answer = admin.get(f"/v1/users?page={page}&pageSize=2")
        assert answer.json["meta"] == {"totalCount": 6, "page": page, "pageSize": 2}
        seen.append([user["username"] for user in answer.json["data"]])
    assert seen == [["P1", "P2"], ["P3", "P4"], ["P5", "zoe"], []]
    assert admin.get("/v1/users").json["meta"] == {"totalCount": 6, "page": 1, "pageSize": 20}


def test_list_users_filters_by_role_status_and_text(world: World) -> None:
    admin = world.person(ADMIN, username="zoe", full_name="Zoe")
    ann = world.person("picker", username="ann", full_name="Ann Bee", email="ann@x.org")
    world.person("packer", username="bob", full_name="Bob Anders")
    admin.patch(f"/v1/users/{ann.user_id}", {"status": "DISABLED"})

    def names(query: str) -> list[str]:
        answer = admin.get(f"/v1/users?{query}").json
        assert answer["meta"]["totalCount"] == len(answer["data"])
        return [user["username"] for user in answer["data"]]

    assert names("role=packer") == ["bob"]
    assert names("role=nobody") == []
    assert names("status=DISABLED") == ["ann"]
    assert names("status=ACTIVE") == ["bob", "zoe"]
    assert names("q=AN") == ["ann", "bob"]
    assert names("q=x.org&status=DISABLED") == ["ann"]


@pytest.mark.parametrize("query", ["page=0", "pageSize=0", "pageSize=101", "page=x", "status=GONE"])
def test_invalid_page_is_refused(world: World, query: str) -> None:
    answer = world.person(ADMIN).get(f"/v1/users?{query}")
    assert (answer.status, list(answer.fields)) == (422, [query.partition("=")[0]])


def test_password_hash_is_in_no_list_and_not_in_the_index(world: World) -> None:
    admin = world.person(ADMIN, password_hash="very secret")
    assert "secret" not in admin.get("/v1/users").text
    user = get(user_key(admin.org_id, admin.user_id))
    assert user is not None
    assert user.password_hash == "very secret"


def test_concurrent_claims_of_one_name_have_one_winner(world: World) -> None:
    admins = [world.person(ADMIN), world.person(ADMIN, OTHER)]

    def try_it(number: int) -> Answer:
        body = new_user(username=f"u{number}", email="Wanted@Example.org", password=PASSWORD)
        return admins[number % 2].post("/v1/users", body)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(try_it, range(8)))
    assert sorted(answer.status for answer in answers) == [201] + [409] * 7
    refused = [answer.json["error"]["details"] for answer in answers if answer.status == 409]
    assert refused == [{"field": "email"}] * 7
    assert sign_in(world, "wanted@example.org", PASSWORD).status == 200


def test_concurrent_changes_both_apply(world: World, engine: EmbeddedEngine) -> None:
    admin, other = world.person(ADMIN), world.person(ADMIN)
    where = f"/v1/users/{add(admin)['id']}"

    def change_the_team(*_: object) -> None:
        assert other.patch(where, {"team": "Night"}).status == 200

    with engine.before("TransactWriteItems", change_the_team, times=1):
        answer = admin.patch(where, {"gameZone": "North"})
    assert (answer.status, answer.json["data"]["version"]) == (200, 3)
    read = admin.get(where).json["data"]
    assert (read["team"], read["gameZone"]) == ("Night", "North")

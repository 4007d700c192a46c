"""Schedules: made, read, previewed, changed, paused, resumed and deleted by who leads the zone."""

from typing import Any

import pytest

from tests.builders.dispatch import audit_row, diff
from tests.builders.lists import read_pages
from tests.builders.maintenance import CHECKLIST, ITEMS, NORTH, RIDE, SOUTH, Park, checklist_record, load, ride_record
from tests.builders.schedules import AMSTERDAM, PATH, schedule_body, scheduled, sign_in_again
from tests.builders.world import OTHER, Answer, Person, World


@pytest.fixture
def park(world: World) -> Park:
    """A game zone with its people; it is Sunday, 1 March 2026, 10:00 in Amsterdam."""
    return Park(world)


def change(person: Person, schedule_id: str, body: object, **headers: str) -> Answer:
    return person.patch(f"{PATH}/{schedule_id}", body, **headers)


def preview(person: Person, schedule_id: str, count: int | None = None) -> list[dict[str, str]]:
    query = "" if count is None else f"?count={count}"
    answer = person.get(f"{PATH}/{schedule_id}/preview{query}")
    assert answer.status == 200, answer
    occurrences: list[dict[str, str]] = answer.json["occurrences"]
    return occurrences


def test_a_new_schedule_shows_what_is_done_and_when_next(park: Park) -> None:
    body = schedule_body(park, rrule="freq=monthly;byday=1mo", leadDays=3, instructions="Grease it.", at="07:30")
    answer = park.ops.post(PATH, body)
    assert (answer.status, answer.headers["ETag"]) == (201, '"1"')
    assert answer.json == {
        "id": answer.json["id"],
        "version": 1,
        "gameZone": NORTH,
        "ride": f"Ride {RIDE}",
        "rideCode": RIDE,
        "checklist": f"Checklist {CHECKLIST}",
        "checklistRef": CHECKLIST,
        "itemRef": "A-1",
        "itemText": "Check A-1",
        "rrule": "FREQ=MONTHLY;BYDAY=1MO",
        "timezone": AMSTERDAM,
        "startsOn": "2026-03-01",
        "at": "07:30",
        "leadDays": 3,
        "priority": "MEDIUM",
        "instructions": "Grease it.",
        "paused": False,
        "pausedReason": None,
        "next": {"date": "2026-03-02", "at": "2026-03-02T06:30:00Z"},
        "createdBy": "Eva Schouten",
        "createdById": park.ops.user_id,
        "createdAt": "2026-03-01T09:00:00Z",
    }
    assert park.lead.get(f"{PATH}/{answer.json['id']}").json == answer.json
    row = audit_row(park.world, answer.json["id"], "SCHEDULE_CREATED")
    assert (row.actor_id, diff(row)["rrule"]) == (park.ops.user_id, [None, "FREQ=MONTHLY;BYDAY=1MO"])


def test_what_has_passed_today_is_no_occurrence(park: Park) -> None:
    assert scheduled(park, at="10:00")["next"]["date"] == "2026-03-02"
    assert scheduled(park, at="10:01")["next"]["date"] == "2026-03-01"
    assert scheduled(park, startsOn="2026-02-01")["next"]["date"] == "2026-03-02"
    assert scheduled(park, startsOn="2026-06-01")["next"]["date"] == "2026-06-01"


def test_today_is_that_of_the_time_zone(park: Park) -> None:
    assert scheduled(park, timezone="Pacific/Auckland", at="23:00")["startsOn"] == "2026-03-01"
    park.world.clock.advance(hours=3)
    sign_in_again(park)
    assert scheduled(park, timezone="Pacific/Auckland", at="23:00")["startsOn"] == "2026-03-02"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"rrule": "FREQ=HOURLY"}, "rrule"),
        ({"rrule": "every day"}, "rrule"),
        ({"rrule": ""}, "rrule"),
        ({"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "rrule"),
        ({"rrule": "FREQ=DAILY;UNTIL=20260228"}, "rrule"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "Europe"}, "timezone"),
        ({"timezone": "../etc/passwd"}, "timezone"),
        ({"leadDays": -1}, "leadDays"),
        ({"leadDays": 367}, "leadDays"),
        ({"priority": "URGENT"}, "priority"),
        ({"at": "24:00"}, "at"),
        ({"at": "6:00"}, "at"),
        ({"startsOn": "01-03-2026"}, "startsOn"),
        ({"startsOn": "2036-03-03"}, "startsOn"),
        ({"startsOn": "1999-03-03"}, "startsOn"),
        ({"itemRef": "A-9"}, "itemRef"),
        ({"rideCode": "RC-99"}, "rideCode"),
        ({"paused": True}, "paused"),
    ],
)
def test_a_wrong_field_is_refused_by_its_name(park: Park, fields: dict[str, Any], wrong: str) -> None:
    answer = park.lead.post(PATH, schedule_body(park, **fields))
    assert (answer.status, list(answer.fields)) == (422, [wrong])


def test_an_error_of_a_rule_says_what_is_wrong(park: Park) -> None:
    answer = park.lead.post(PATH, schedule_body(park, rrule="FREQ=DAILY;BYHOUR=6"))
    assert answer.fields == {"rrule": "must be daily or coarser; the time of day is `at`"}
    answer = park.lead.post(PATH, schedule_body(park, rrule="FREQ=WEEKLY;BYDAY=MON", timezone="CEST"))
    assert list(answer.fields) == ["rrule", "timezone"]


def test_an_unknown_checklist_or_schedule_is_not_found(park: Park) -> None:
    assert park.lead.post(PATH, schedule_body(park, checklistRef="CL-0")).status == 404
    for answer in (
        park.lead.get(f"{PATH}/nothing"),
        park.lead.get(f"{PATH}/nothing/preview"),
        change(park.lead, "nothing", {}),
        park.lead.delete(f"{PATH}/nothing"),
    ):
        assert (answer.status, answer.code) == (404, "NOT_FOUND")


def every_call(person: Person, schedule_id: str, park: Park) -> list[Answer]:
    """Every call on a schedule; that which deletes it is the last one."""
    return [
        person.post(PATH, schedule_body(park)),
        person.get(f"{PATH}/{schedule_id}"),
        person.get(f"{PATH}/{schedule_id}/preview"),
        change(person, schedule_id, {"leadDays": 1}),
        person.delete(f"{PATH}/{schedule_id}"),
    ]


@pytest.mark.parametrize("role", ["TECH", "STORE_MANAGER", "courier", "VIEW_ONLY"])
def test_schedules_are_for_leads(park: Park, role: str) -> None:
    schedule_id = scheduled(park)["id"]
    person = park.person(role)
    for answer in (person.get(PATH), *every_call(person, schedule_id, park)):
        assert (answer.status, answer.code) == (403, "ACCESS_DENIED")
    assert park.world.call("GET", PATH).status == 401


@pytest.mark.parametrize("role", ["OPS_TL", "MAINT_TL", "SYSTEM_ADMIN"])
def test_both_leads_and_administrators_do_everything(park: Park, role: str) -> None:
    answers = every_call(park.person(role), scheduled(park)["id"], park)
    assert [answer.status for answer in answers] == [201, 200, 200, 200, 204]


def test_a_lead_of_another_zone_has_no_access(world: World, park: Park) -> None:
    south = Park(world, zone=SOUTH, ride="RC-08", checklist="CL-2042")
    for answer in every_call(south.lead, scheduled(park)["id"], park):
        assert (answer.status, answer.code) == (403, "ACCESS_DENIED")
    own = scheduled(south)["id"]
    target = {"rideCode": park.ride, "checklistRef": park.checklist}
    assert change(south.lead, own, target).status == 403


def test_another_organisation_does_not_find_it(world: World, park: Park) -> None:
    theirs = Park(world, OTHER)
    schedule_id = scheduled(park)["id"]
    for answer in every_call(theirs.lead, schedule_id, theirs)[1:]:
        assert answer.status == 404
    assert [one["id"] for one in read_pages(park.lead, PATH, is_camel=True)] == [schedule_id]
    assert schedule_id not in {one["id"] for one in read_pages(theirs.lead, PATH, is_camel=True)}


def test_a_list_is_of_the_zone_and_in_pages(world: World, park: Park) -> None:
    south = Park(world, zone=SOUTH, ride="RC-08", checklist="CL-2042")
    north_ids = [scheduled(park, itemRef=item)["id"] for item in ITEMS]
    south_ids = [scheduled(south, itemRef=item)["id"] for item in ITEMS]

    def listed(person: Person, query: str = "") -> list[str]:
        return [one["id"] for one in read_pages(person, f"{PATH}{query}", is_camel=True)]

    assert (listed(park.ops), listed(south.lead)) == (north_ids, south_ids)
    admin = world.person("SYSTEM_ADMIN")
    assert (listed(admin), listed(admin, f"?zone={SOUTH}")) == (north_ids + south_ids, south_ids)
    assert park.lead.get(f"{PATH}?zone={SOUTH}").status == 403
    assert listed(world.person("MAINT_TL")) == []


@pytest.mark.parametrize(("query", "field"), [("limit=0", "limit"), ("cursor=x", "cursor"), ("z=1", "z")])
def test_a_wrong_filter_is_refused(park: Park, query: str, field: str) -> None:
    answer = park.lead.get(f"{PATH}?{query}")
    assert (answer.status, list(answer.fields)) == (422, [field])


def test_a_preview_has_the_moments_across_a_change_of_the_clocks(park: Park) -> None:
    schedule_id = scheduled(park, rrule="FREQ=WEEKLY;BYDAY=SU", at="02:30", startsOn="2026-03-22")["id"]
    assert preview(park.ops, schedule_id, 3) == [
        {"date": "2026-03-22", "at": "2026-03-22T01:30:00Z"},
        {"date": "2026-03-29", "at": "2026-03-29T01:30:00Z"},
        {"date": "2026-04-05", "at": "2026-04-05T00:30:00Z"},
    ]


def test_a_preview_has_ten_occurrences_or_as_many_as_there_are(park: Park) -> None:
    schedule_id = scheduled(park)["id"]
    assert len(preview(park.lead, schedule_id)) == 10
    assert len(preview(park.lead, schedule_id, 50)) == 50
    assert [one["date"] for one in preview(park.lead, scheduled(park, rrule="FREQ=DAILY;COUNT=3")["id"])] == [
        "2026-03-02",
        "2026-03-03",
    ]


@pytest.mark.parametrize("count", ["0", "51", "x"])
def test_a_preview_of_none_or_too_many_is_refused(park: Park, count: str) -> None:
    answer = park.lead.get(f"{PATH}/{scheduled(park)['id']}/preview?count={count}")
    assert (answer.status, list(answer.fields)) == (422, ["count"])


def test_a_change_moves_the_next_occurrence(park: Park) -> None:
    schedule_id = scheduled(park)["id"]
    answer = change(park.ops, schedule_id, {"rrule": "FREQ=WEEKLY;BYDAY=FR", "at": "18:00", "timezone": "UTC"})
    assert (answer.status, answer.headers["ETag"], answer.json["version"]) == (200, '"2"', 2)
    assert answer.json["next"] == {"date": "2026-03-06", "at": "2026-03-06T18:00:00Z"}
    answer = change(park.ops, schedule_id, {"startsOn": "2026-04-01", "leadDays": 5, "priority": "LOW"})
    shown = [answer.json[name] for name in ("startsOn", "leadDays", "priority", "rrule", "next")]
    expected_next = {"date": "2026-04-03", "at": "2026-04-03T18:00:00Z"}
    assert shown == ["2026-04-01", 5, "LOW", "FREQ=WEEKLY;BYDAY=FR", expected_next]
    rows = [row for row in park.world.audit() if row.action_type == "SCHEDULE_UPDATED"]
    assert diff(rows[-1])["starts_on"] == ["2026-03-01", "2026-04-01"]


def test_instructions_are_kept_replaced_and_removed(park: Park) -> None:
    schedule_id = scheduled(park, instructions="Grease it.")["id"]
    bodies: list[dict[str, Any]] = [{}, {"instructions": "Oil it."}, {"instructions": None}]
    shown = [change(park.lead, schedule_id, body).json["instructions"] for body in bodies]
    assert shown == ["Grease it.", "Oil it.", None]


def test_a_schedule_moves_to_another_item_checklist_and_ride(park: Park) -> None:
    schedule_id = scheduled(park)["id"]
    assert change(park.lead, schedule_id, {"itemRef": "A-2"}).json["itemText"] == "Check A-2"
    load(park.manager, "rides", ride_record("RC-09", NORTH))
    load(park.manager, "checklists", checklist_record("CL-9", "RC-09"))
    answer = change(park.lead, schedule_id, {"rideCode": "RC-09", "checklistRef": "CL-9"})
    assert (answer.status, answer.json["ride"], answer.json["checklist"]) == (200, "Ride RC-09", "Checklist CL-9")
    for body, wrong in (
        ({"rideCode": RIDE}, "rideCode"),
        ({"checklistRef": "CL-0"}, "checklistRef"),
        ({"itemRef": "A-9"}, "itemRef"),
    ):
        refused = change(park.lead, schedule_id, body)
        assert (refused.status, list(refused.fields)) == (422, [wrong])


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"rrule": "FREQ=HOURLY"}, "rrule"),
        ({"rrule": "FREQ=DAILY;COUNT=1"}, "rrule"),
        ({"timezone": "Nowhere"}, "timezone"),
        ({"startsOn": "2050-01-01"}, "startsOn"),
        ({"at": "noon"}, "at"),
        ({"leadDays": 400}, "leadDays"),
        ({"id": "x"}, "id"),
    ],
)
def test_a_wrong_change_is_refused_by_its_name(park: Park, body: dict[str, Any], wrong: str) -> None:
    schedule = scheduled(park)
    answer = change(park.lead, schedule["id"], body)
    assert (answer.status, list(answer.fields)) == (422, [wrong])
    assert park.lead.get(f"{PATH}/{schedule['id']}").json == schedule


def test_a_paused_schedule_goes_on_from_now(park: Park) -> None:
    schedule_id = scheduled(park)["id"]
    paused = change(park.lead, schedule_id, {"paused": True}).json
    assert (paused["paused"], paused["next"]) == (True, None)
    assert change(park.lead, schedule_id, {"at": "05:00"}).json["next"] is None
    assert preview(park.lead, schedule_id, 1)[0]["date"] == "2026-03-02"
    park.world.clock.advance(days=9)
    sign_in_again(park)
    resumed = change(park.lead, schedule_id, {"paused": False}).json
    assert (resumed["paused"], resumed["next"]["date"]) == (False, "2026-03-11")


def test_a_rule_without_an_occurrence_to_come_is_refused_while_the_schedule_is_paused_too(park: Park) -> None:
    schedule_id = scheduled(park)["id"]
    for body in ({"rrule": "FREQ=DAILY;UNTIL=20260101", "paused": True}, {"paused": True}):
        answer = change(park.lead, schedule_id, body)
        assert answer.status == (422 if "rrule" in body else 200)
    answer = change(park.lead, schedule_id, {"rrule": "FREQ=DAILY;UNTIL=20260101"})
    assert (answer.status, answer.fields) == (422, {"rrule": "has no occurrence from now on"})


def test_a_schedule_that_has_ended_can_be_resumed_and_has_no_next(park: Park) -> None:
    schedule_id = scheduled(park, rrule="FREQ=DAILY;UNTIL=20260305")["id"]
    change(park.lead, schedule_id, {"paused": True})
    park.world.clock.advance(days=9)
    sign_in_again(park)
    answer = change(park.lead, schedule_id, {"paused": False})
    assert (answer.status, answer.json["paused"], answer.json["next"]) == (200, False, None)
    assert preview(park.lead, schedule_id) == []


def test_a_deleted_schedule_is_gone(park: Park) -> None:
    schedule_id = scheduled(park)["id"]
    assert park.ops.delete(f"{PATH}/{schedule_id}").status == 204
    assert park.ops.get(f"{PATH}/{schedule_id}").status == 404
    assert read_pages(park.ops, PATH, is_camel=True) == []
    assert audit_row(park.world, schedule_id, "SCHEDULE_DELETED").actor_id == park.ops.user_id


def test_a_repeated_request_with_its_key_has_one_effect(park: Park) -> None:
    body = schedule_body(park)
    first, again = (park.lead.post(PATH, body, idempotency_key="create") for _ in range(2))
    assert (first.status, again.status, again.json) == (201, 201, first.json)
    assert len(read_pages(park.lead, PATH, is_camel=True)) == 1
    schedule_id = first.json["id"]
    changes = [change(park.lead, schedule_id, {"leadDays": 2}, idempotency_key="change") for _ in range(2)]
    assert [answer.json["version"] for answer in changes] == [2, 2]
    deletions = [park.lead.delete(f"{PATH}/{schedule_id}", idempotency_key="delete") for _ in range(2)]
    assert [answer.status for answer in deletions] == [204, 204]


def test_a_stale_version_is_refused(park: Park) -> None:
    schedule_id = scheduled(park)["id"]
    assert change(park.lead, schedule_id, {"leadDays": 2}, if_match='"1"').status == 200
    for answer in (
        change(park.lead, schedule_id, {"leadDays": 3}, if_match='"1"'),
        park.lead.delete(f"{PATH}/{schedule_id}", if_match='"1"'),
    ):
        assert (answer.status, answer.code) == (409, "VERSION_CONFLICT")
    assert park.lead.delete(f"{PATH}/{schedule_id}", if_match='"2"').status == 204

"""Comments on work orders: who reads, writes and is notified of them, and who can be mentioned."""

from typing import Any

import pytest

from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.maintenance.comments.service import MAX_PARTICIPANTS, NOTIFIED_AT_ONCE
from chalicelib.maintenance.comments.tables import Discussion, discussion_key
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import audit_row, diff
from tests.builders.maintenance import NORTH, SOUTH, Park, stored
from tests.builders.notices import listed, titles
from tests.builders.trips import counted_trips
from tests.builders.world import DEMO, OTHER, Answer, Person, World


@pytest.fixture
def park(world: World) -> Park:
    """A game zone with its people."""
    return Park(world)


def comment(person: Person, order_id: str, text: str = "Noted", *mentioned: Person | str, **headers: str) -> Answer:
    """Comment on an order and mention people, by themselves or by their ids."""
    ids = [one if isinstance(one, str) else one.user_id for one in mentioned]
    body = {"text": text, **({"mentions": ids} if ids else {})}
    return person.post(f"/v1/work-orders/{order_id}/comments", body, **headers)


def comments(person: Person, order_id: str, query: str = "") -> dict[str, Any]:
    """A page of the comments on an order."""
    answer = person.get(f"/v1/work-orders/{order_id}/comments{query}")
    assert answer.status == 200, answer
    page: dict[str, Any] = answer.json
    return page


def texts(page: dict[str, Any]) -> list[str]:
    """The texts of a page."""
    return [one["text"] for one in page["comments"]]


def notified(person: Person) -> list[str]:
    """The titles of a person's notices of comments, newest first."""
    return [item["title"] for item in listed(person)["items"] if item["type"] == "WO_COMMENT"]


def test_a_comment_is_answered_listed_and_audited_and_leaves_the_version(world: World, park: Park) -> None:
    order_id = park.assigned()
    answer = comment(park.tech, order_id, "The latch is worn.\nRow 4 too.", park.lead)
    assert answer.status == 201
    assert {name: value for name, value in answer.json.items() if name != "id"} == {
        "text": "The latch is worn.\nRow 4 too.",
        "author": "Mees van Dijk",
        "authorId": park.tech.user_id,
        "role": "TECH",
        "at": "2026-03-01T09:00:00Z",
        "mentions": [{"id": park.lead.user_id, "name": "Hugo Prins"}],
    }
    assert comments(park.lead, order_id) == {"comments": [answer.json], "nextCursor": None}
    order = park.lead.get(f"/v1/work-orders/{order_id}").json
    assert (order["commentCount"], order["comments"], order["version"]) == (1, [answer.json], 2)
    assert diff(audit_row(world, order_id, "COMMENT_ADDED")) == {
        f"comment/{answer.json['id']}.text": [None, "The latch is worn.\nRow 4 too."],
        f"comment/{answer.json['id']}.mentions": [None, [{"id": park.lead.user_id, "name": "Hugo Prins"}]],
    }
    assert answer.json["id"] != order_id
    assert park.start(order_id).status == 200


def test_everybody_else_who_takes_part_is_notified_once(park: Park) -> None:
    order_id = park.assigned()
    assert comment(park.tech, order_id, "Which latch?").status == 201
    assert [notified(one) for one in (park.ops, park.lead, park.manager, park.tech)] == [
        ["Mees van Dijk commented on WO-CL-2041-1"],
        ["Mees van Dijk commented on WO-CL-2041-1"],
        [],
        [],
    ]
    assert comment(park.ops, order_id, "LB-4, says the store", park.manager, park.manager).status == 201
    assert [len(notified(one)) for one in (park.ops, park.lead, park.manager, park.tech)] == [1, 2, 1, 1]
    assert notified(park.manager) == ["Eva Schouten mentioned you in a comment on WO-CL-2041-1"]
    notice = listed(park.manager)["items"][0]
    assert (notice["body"], notice["subject"]) == ("LB-4, says the store", {"kind": "work_order", "id": order_id})
    assert comment(park.lead, order_id, "Take it").status == 201
    assert [len(notified(one)) for one in (park.ops, park.lead, park.manager, park.tech)] == [2, 2, 2, 2]


def test_a_notice_of_a_comment_is_sent_to_the_socket(world: World, park: Park) -> None:
    order_id = park.assigned()
    socket = park.tech.socket("staff")
    assert comment(park.lead, order_id, "Mind the gap").status == 201
    last = world.sender.messages[socket][-1]
    assert (last.event, last.data["type"], last.data["body"]) == ("notice", "WO_COMMENT", "Mind the gap")


def test_people_out_of_reach_cannot_be_mentioned_and_are_named(world: World, park: Park) -> None:
    order_id = park.assigned()
    outsiders = [
        park.person("TECH"),
        world.person("MAINT_TL", game_zone=SOUTH),
        world.person("picker"),
        world.person("MAINT_TL", OTHER, game_zone=NORTH),
    ]
    gone = park.person("OPS_TL")
    assert world.person("SYSTEM_ADMIN").patch(f"/v1/users/{gone.user_id}", {"status": "DISABLED"}).status == 200
    for one in (*outsiders, gone):
        refused = comment(park.lead, order_id, "Look", park.ops, one)
        assert (refused.status, refused.code) == (422, "VALIDATION_ERROR")
        assert refused.fields == {"mentions": f"the work order is out of reach for {one.user_id}"}
    refused = comment(park.lead, order_id, "Look", "nobody", outsiders[0])
    assert refused.fields["mentions"].endswith(f"nobody, {outsiders[0].user_id}")
    assert comments(park.lead, order_id)["comments"] == []
    assert park.lead.get(f"/v1/work-orders/{order_id}").json["commentCount"] == 0
    assert notified(park.ops) == []


def test_who_lost_the_order_is_not_notified_any_more(world: World, park: Park) -> None:
    order_id = park.assigned()
    second = park.person("OPS_TL")
    assert comment(park.tech, order_id, "Mine").status == 201
    assert comment(second, order_id, "I look after it").status == 201
    assert park.assign(order_id, park.person("TECH")).status == 200
    admin = world.person("SYSTEM_ADMIN")
    assert admin.patch(f"/v1/users/{second.user_id}", {"gameZone": SOUTH}).status == 200
    before = titles(park.tech), titles(second)
    assert comment(park.lead, order_id, "Secret").status == 201
    assert (titles(park.tech), titles(second)) == before
    assert len(notified(park.ops)) == 3


def test_comments_are_in_pages_oldest_first_or_newest_first(park: Park) -> None:
    order_id = park.assigned()
    for number in range(25):
        park.world.clock.advance(seconds=1)
        assert comment(park.lead, order_id, f"No. {number}").status == 201
    first = comments(park.ops, order_id, "?limit=15")
    rest = comments(park.ops, order_id, f"?limit=15&cursor={first['nextCursor']}")
    assert texts(first) + texts(rest) == [f"No. {number}" for number in range(25)]
    assert rest["nextCursor"] is None
    newest = comments(park.ops, order_id, "?order=newest&limit=2")
    assert texts(newest) == ["No. 24", "No. 23"]
    wrong = park.ops.get(f"/v1/work-orders/{order_id}/comments?cursor={newest['nextCursor']}")
    assert (wrong.status, set(wrong.fields)) == (422, {"cursor"})
    order = park.ops.get(f"/v1/work-orders/{order_id}").json
    assert order["commentCount"] == 25
    assert texts(order) == [f"No. {number}" for number in range(5, 25)]


def test_comments_are_possible_in_every_state(park: Park) -> None:
    done, cancelled = park.done(), str(park.routed()["id"])
    assert park.cancel(cancelled).status == 200
    for order_id in (done, cancelled, str(park.routed()["id"]), park.outsourced()):
        assert comment(park.lead, order_id).status == 201


@pytest.mark.parametrize(
    ("body", "bad"),
    [
        ({}, {"text"}),
        ({"text": " "}, {"text"}),
        ({"text": "x" * 2001}, {"text"}),
        ({"text": "x", "mentions": ["a"] * 11}, {"mentions"}),
        ({"text": "x", "mentions": ["a#b"]}, {"mentions.0"}),
        ({"text": "x", "mentions": "a"}, {"mentions"}),
        ({"text": "x", "note": "y"}, {"note"}),
    ],
)
def test_an_invalid_comment_is_refused(park: Park, body: object, bad: set[str]) -> None:
    answer = park.lead.post(f"/v1/work-orders/{park.assigned()}/comments", body)
    assert (answer.status, set(answer.fields)) == (422, bad)


def test_a_comment_with_a_key_is_added_once_and_an_old_version_is_refused(park: Park) -> None:
    order_id = park.assigned()
    first, again = (comment(park.lead, order_id, "Once", park.ops, idempotency_key="k") for _ in range(2))
    assert (first.status, again.text, again.headers["Idempotent-Replayed"]) == (201, first.text, "true")
    assert texts(comments(park.lead, order_id)) == ["Once"]
    assert len(notified(park.ops)) == 1
    old = comment(park.lead, order_id, "Late", if_match="1")
    assert (old.status, old.code, old.json["error"]["details"]) == (409, "VERSION_CONFLICT", {"version": 2})
    assert comment(park.lead, order_id, "In time", if_match='"2"').status == 201


def test_only_who_can_read_the_order_comments_on_it(world: World, park: Park) -> None:
    order_id = park.assigned()
    path = f"/v1/work-orders/{order_id}"
    for person, status in (
        (park.person("TECH"), 403),
        (world.person("MAINT_TL", game_zone=SOUTH), 403),
        (world.person("picker"), 403),
        (world.person("MAINT_TL", OTHER, game_zone=NORTH), 404),
    ):
        assert comment(person, order_id).status == status
        assert person.get(f"{path}/comments").status == status
        assert person.get(f"{path}/people").status == status
    assert comment(park.manager, order_id).status == 201
    refused = comment(park.lead, "no-such-order")
    assert (refused.status, refused.json["error"]["message"]) == (404, "Work order not found.")


def test_an_api_key_comments_and_is_nobody_to_notify(world: World, park: Park) -> None:
    order_id = park.assigned()
    admin = world.person("SYSTEM_ADMIN")
    made = admin.post("/v1/api-keys", {"name": "Sensor", "role": "STORE_MANAGER"}).json["data"]
    headers = {"authorization": f"Bearer {made['key']}"}
    path = f"/v1/work-orders/{order_id}/comments"
    answer = world.call("POST", path, {"text": "Vibration 7 mm/s"}, headers=headers)
    assert (answer.status, answer.json["authorId"].startswith("key:")) == (201, True)
    discussion = get(discussion_key(DEMO, order_id))
    assert discussion is not None
    assert (discussion.comments, discussion.participants) == (1, None)
    assert comment(park.tech, order_id, "I look").status == 201
    assert len(notified(park.lead)) == 2


def test_a_scheduled_order_has_no_router_to_notify(park: Park) -> None:
    order_id = park.assigned()
    order = stored(order_id)

    def by_the_sweep(work: UnitOfWork) -> None:
        work.update(order, {"routed_by_id": "system:sweep"})

    park.world.run(by_the_sweep)
    assert comment(park.lead, order_id).status == 201
    assert (len(notified(park.tech)), notified(park.ops)) == (1, [])


def with_participants(park: Park, order_id: str, number: int) -> list[Person]:
    """So many people who have commented on an order before."""
    crowd = [park.person("OPS_TL") for _ in range(number)]

    def join(work: UnitOfWork) -> None:
        actions = [Discussion.participants.add({one.user_id for one in crowd})]
        work.update_unread(discussion_key(DEMO, order_id), actions=actions, audited=False)

    park.world.run(join)
    return crowd


def test_more_people_than_one_transaction_holds_are_all_notified(park: Park) -> None:
    order_id = park.assigned()
    crowd = with_participants(park, order_id, NOTIFIED_AT_ONCE + 3)
    assert comment(park.tech, order_id, "To all of you").status == 201
    assert [len(notified(one)) for one in (*crowd, park.lead, park.ops)] == [1] * (len(crowd) + 2)


def test_so_many_commenters_are_remembered_and_who_is_named_is_notified_beyond_that(park: Park) -> None:
    order_id = park.assigned()
    crowd = with_participants(park, order_id, MAX_PARTICIPANTS)
    late, mentioned = park.person("OPS_TL"), park.person("OPS_TL")
    assert comment(late, order_id, "Look", mentioned).status == 201
    discussion = get(discussion_key(DEMO, order_id))
    assert discussion is not None
    assert set(discussion.participants or ()) == {one.user_id for one in crowd}
    assert [len(notified(one)) for one in (mentioned, park.lead, crowd[-1])] == [1, 1, 1]


def test_people_who_can_be_mentioned_are_found_by_a_part_of_their_name(world: World, park: Park) -> None:
    order_id = park.assigned()
    path = f"/v1/work-orders/{order_id}/people"
    park.person("TECH", full_name="Zoe Out")
    world.person("MAINT_TL", game_zone=SOUTH, full_name="Zoe South")
    gone = park.person("MAINT_TL", full_name="Zoe Gone")
    assert (
        world.person("SYSTEM_ADMIN", full_name="Ada").patch(f"/v1/users/{gone.user_id}", {"status": "DISABLED"}).status
        == 200
    )
    everybody = [one["name"] for one in park.tech.get(path).json["people"]]
    assert everybody == ["Ada", "Eva Schouten", "Hugo Prins", "Mees van Dijk", "Nina Hoekstra"]
    assert park.tech.get(f"{path}?search=SCHOUT").json == {"people": [{"id": park.ops.user_id, "name": "Eva Schouten"}]}
    assert park.tech.get(f"{path}?search=zoe").json == {"people": []}
    assert len(park.tech.get(f"{path}?limit=2").json["people"]) == 2
    for one in park.tech.get(path).json["people"]:
        assert comment(park.lead, order_id, "Hi", one["id"]).status == 201
    assert [one["name"] for one in park.lead.get(f"/v1/work-orders/{park.routed()['id']}/people").json["people"]] == [
        "Ada",
        "Eva Schouten",
        "Hugo Prins",
        "Nina Hoekstra",
    ]


def test_a_comment_costs_the_same_after_many_of_them(engine: EmbeddedEngine, park: Park) -> None:
    order_id = park.assigned()
    assert comment(park.tech, order_id).status == 201

    def trips() -> list[list[str]]:
        with counted_trips(engine) as counted:
            assert comment(park.tech, order_id).status == 201
        made = counted.made
        return made[: made.index(["TransactWriteItems"]) + 1]

    early = trips()
    assert early == [["BatchGetItem"], ["BatchGetItem"], ["TransactWriteItems"]]
    for _ in range(10):
        assert comment(park.lead, order_id).status == 201
    assert trips() == early

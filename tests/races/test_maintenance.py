"""Technicians finish work orders, delete photos and reassign orders at the same time."""

from collections.abc import Callable
from functools import partial

from chalicelib.core.work import UnitOfWork
from chalicelib.maintenance.photos.tables import PHOTOS, WorkOrderPhoto
from chalicelib.maintenance.workorders.tables import WorkOrder, work_order_key
from tests.builders.maintenance import ITEMS, Park, stored
from tests.builders.world import Answer, Person, World
from tests.environment import examples
from tests.races.crowd import at_once, both

PHOTO_ROUNDS = examples(200, everyday=1 / 4)
REOPEN_ROUNDS = examples(200, everyday=1 / 10)
RELEASE_ROUNDS, STALE_ROUNDS = examples(20), examples(15)


def take_photo(world: World, person: Person, order_id: str) -> str:
    """A photo of finished work as an upload leaves it, without the picture; its id."""
    photo_id = f"{order_id}.{world.ids.new().replace('-', '')}"
    where = PHOTOS.photo_key(person.org_id, photo_id)

    def add(work: UnitOfWork) -> None:
        work.create(
            WorkOrderPhoto(
                where.pk,
                where.sk,
                photo_id=photo_id,
                org_id=person.org_id,
                order_id=order_id,
                photo_kind="COMPLETION",
                uploaded_by=person.user_id,
                created_at=work.now,
                attempt=stored(order_id).attempts,
            )
        )
        count = [WorkOrder.completion_photos.add(1)]
        work.update_unread(work_order_key(person.org_id, order_id), actions=count, audited=False)

    world.run(add)
    return photo_id


def test_a_work_order_is_not_finished_without_a_photo_even_if_it_is_deleted_at_that_moment(arena: World) -> None:
    park = Park(arena)
    order_id, outcomes = park.started(), set[tuple[int, int]]()
    for number in range(PHOTO_ROUNDS):
        photo_id = take_photo(arena, park.tech, order_id)
        calls: list[Callable[[], Answer]] = [
            partial(park.finish, order_id),
            partial(park.tech.delete, f"/v1/uploads/photos/{photo_id}"),
        ]
        done, gone = at_once(calls) if number % 2 else at_once(calls[::-1])[::-1]
        outcomes.add((done.status, gone.status))
        order = stored(order_id)
        if done.status == 200:
            assert (order.state, order.completion_photos, gone.status, gone.code) == (
                "DONE",
                1,
                409,
                "WORKFLOW_VIOLATION",
            )
            order_id = park.started()
        else:
            assert (done.status, set(done.fields), gone.status) == (422, {"fixPhoto"}, 204)
            assert (order.state, order.completion_photos) == ("IN_PROGRESS", 0)
    assert outcomes <= {(200, 409), (422, 204)}


def test_two_who_finish_the_last_two_orders_at_once_release_the_checklist_once(arena: World) -> None:
    park = Park(arena)
    other = park.person("TECH")
    for _ in range(RELEASE_ROUNDS):
        mine, theirs = park.started(photo=True), park.started(other, photo=True)
        answers = both(partial(park.finish, mine), partial(park.finish, theirs, other))
        assert [answer.status for answer in answers] == [200, 200], answers
        assert sorted(answer.json["parentReleased"] for answer in answers) == [False, True]
        view = park.checklist_view()
        assert (view["status"], view["openCount"]) == ("RELEASED", 0)


def test_a_checklist_is_released_once_while_orders_are_finished_cancelled_and_opened_again(arena: World) -> None:
    park = Park(arena)
    outcomes = set[tuple[str, int]]()
    reopened = park.done()
    for number in range(REOPEN_ROUNDS):
        finished, cancelled = park.started(photo=True), str(park.routed(ITEMS[1])["id"])
        calls: list[Callable[[], Answer]] = [
            partial(park.finish, finished),
            partial(park.cancel, cancelled),
            partial(park.reopen, reopened),
        ]
        turn = number % len(calls)
        answers = at_once(calls[turn:] + calls[:turn])
        done, gone, again = answers[-turn:] + answers[:-turn] if turn else answers
        assert [answer.status for answer in (done, gone, again)] == [200, 200, 200], answers
        released = [answer.json["parentReleased"] for answer in (done, gone)]
        view = park.checklist_view()
        assert (view["status"], view["openCount"]) == ("HELD", 1), "the one that was opened again holds it"
        assert sum(released) <= 1, "only before the one that was opened again"
        outcomes.add(("released", sum(released)))
        assert park.cancel(reopened).json["parentReleased"] is True
        reopened = finished
    assert outcomes <= {("released", 0), ("released", 1)}


def test_an_order_that_is_cancelled_and_assigned_at_once_is_one_of_both(arena: World) -> None:
    park = Park(arena)
    for _ in range(RELEASE_ROUNDS):
        order_id = str(park.routed()["id"])
        cancelled, assigned = both(partial(park.cancel, order_id), partial(park.assign, order_id))
        assert cancelled.status == 200, "an assigned order can be cancelled too"
        assert assigned.status in (200, 409)
        assert (stored(order_id).state, park.checklist_view()["status"]) == ("CANCELLED", "RELEASED")


def test_findings_that_are_routed_while_others_are_finished_hold_the_checklist(arena: World) -> None:
    park = Park(arena)
    for _ in range(5):
        before = [park.started(item=item, photo=True) for item in ITEMS]
        answers = at_once(
            [
                *(partial(park.finish, order_id) for order_id in before),
                *(partial(park.ops.post, "/v1/work-orders", park.finding()) for _ in range(2)),
            ]
        )
        assert [answer.status for answer in answers] == [200, 200, 200, 201, 201]
        made = [answer.json for answer in answers[3:]]
        view = park.checklist_view()
        assert view["status"] == "HELD"
        assert {one["id"] for one in view["openWorkOrders"]} == {one["id"] for one in made}
        assert len({one["code"] for one in made}) == 2
        for one in made:
            assert park.assign(one["id"]).status == 200
            assert park.start(one["id"]).status == 200
            take_photo(arena, park.tech, one["id"])
            assert park.finish(one["id"]).status == 200


def test_second_of_two_steps_with_the_same_version_is_a_conflict(arena: World) -> None:
    park = Park(arena)
    counted = {"inProgress": 0, "returned": 0}
    for _ in range(STALE_ROUNDS):
        path = f"/v1/work-orders/{park.assigned()}"
        start = partial(park.tech.patch, f"{path}/start", if_match="2")
        give_back = partial(park.tech.patch, f"{path}/return", {"reason": "No lift"}, if_match="2")
        started, returned = both(start, give_back)
        assert sorted((started.status, returned.status)) == [200, 409]
        loser = started if started.status == 409 else returned
        assert (loser.code, loser.json["error"]["details"]) == ("VERSION_CONFLICT", {"version": 3})
        counted["inProgress" if returned is loser else "returned"] += 1
        assert stored(path.rpartition("/")[2]).version == 3
    counts = park.tech.get("/v1/me/dashboard").json["counts"]
    assert {name: counts[name] for name in counted} == counted


def test_an_order_that_is_given_to_several_at_once_ends_with_one_and_every_count_is_right(arena: World) -> None:
    park = Park(arena)
    techs = [park.tech, *(park.person("TECH") for _ in range(3))]
    for _ in range(4):
        order_id = park.routed()["id"]
        at_once([partial(park.assign, order_id, tech) for tech in techs])
    held = [tech.get("/v1/me/work-orders").json["workOrders"] for tech in techs]
    counts = [tech.get("/v1/me/dashboard").json["counts"]["assigned"] for tech in techs]
    assert counts == [len(orders) for orders in held]
    assert sum(counts) == 4

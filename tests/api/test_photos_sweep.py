"""No object without its photo and no photo without its objects, wherever a request or sweep crashes."""

from typing import Any

import pytest

from chalicelib.core.aws import client
from chalicelib.core.settings import settings
from chalicelib.core.store import get
from chalicelib.core.sweep import PAGE_SIZE, RESERVE_S
from chalicelib.maintenance.photos.sweep import sweep_photos
from chalicelib.maintenance.photos.tables import PHOTOS, WorkOrderUpload
from chalicelib.media.storage import object_keys
from chalicelib.media.sweep import PhotoOutcome
from chalicelib.media.tables import UPLOAD_SHARDS
from infra.local.engine import EmbeddedEngine
from infra.local.objects import EmbeddedObjects
from tests.builders.dispatch import audit_row
from tests.builders.maintenance import Park, add_photo, stored
from tests.builders.photos import BUCKET, photo, upload, uploaded
from tests.builders.world import Answer, World


@pytest.fixture
def park(world: World) -> Park:
    return Park(world)


def notes(engine: EmbeddedEngine) -> list[str]:
    """Return the states of all upload notes."""
    found = client("dynamodb").scan(TableName=WorkOrderUpload.Meta.table_name)["Items"]
    return [item["state"]["S"] for item in found if item["sk"]["S"] == "UPLOAD"]


def later(world: World) -> None:
    """Let all notes become due, and sweep."""
    world.clock.advance(seconds=settings().photo_grace_s)
    world.sweep_maintenance()


def photos_in(park: Park, order_id: str) -> list[Any]:
    shown: list[Any] = park.tech.get(f"/v1/work-orders/{order_id}").json["photos"]
    return shown


def test_a_photo_with_its_objects_stays_and_its_note_is_removed(
    world: World, park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    order_id = park.started()
    view = uploaded(park.tech, order_id)
    world.sweep_maintenance()
    assert notes(engine) == ["STORED"]
    later(world)
    assert notes(engine) == []
    assert len(objects.keys(BUCKET)) == 2
    assert [one["id"] for one in photos_in(park, order_id)] == [view["id"]]


@pytest.mark.parametrize("dies_at", ["PUT ", "photo.jpg", "thumb.jpg"])
def test_objects_of_an_upload_that_crashed_are_removed(
    world: World, park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects, dies_at: str
) -> None:
    order_id = park.started()
    objects.dies_at = dies_at
    assert upload(park.tech, order_id).status == 500
    assert notes(engine) == ["EXPECTED"]
    assert objects.keys(BUCKET)
    world.sweep_maintenance()
    assert objects.keys(BUCKET)  # it may still be under way
    later(world)
    assert (objects.keys(BUCKET), notes(engine)) == ([], [])
    assert photos_in(park, order_id) == []


def test_objects_without_a_transaction_are_removed(
    world: World, park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    order_id = park.started()

    def die(*_: object) -> None:
        raise RuntimeError("the process ends here")

    with engine.before("TransactWriteItems", die, times=1):
        assert upload(park.tech, order_id).status == 500
    assert len(objects.keys(BUCKET)) == 2
    assert stored(order_id).completion_photos == 0
    later(world)
    assert (objects.keys(BUCKET), notes(engine)) == ([], [])


def test_a_photo_is_kept_if_the_response_of_its_transaction_was_lost(
    world: World, park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    order_id = park.started()
    engine.fail_next("TransactWriteItems", "AccessDeniedException", after=True)
    assert upload(park.tech, order_id).status == 500
    later(world)
    assert len(photos_in(park, order_id)) == 1
    assert len(objects.keys(BUCKET)) == 2


def test_a_note_is_written_again_if_the_response_was_lost(
    world: World, park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    order_id = park.started()
    engine.fail_next("PutItem", "InternalServerError", after=True)
    assert upload(park.tech, order_id).status == 201
    later(world)
    assert len(photos_in(park, order_id)) == 1
    assert (len(objects.keys(BUCKET)), notes(engine)) == (2, [])


def test_an_upload_that_was_refused_after_storing_leaves_nothing(
    world: World, park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    order_id = park.started(photo=True)
    finished: list[Answer] = []
    with engine.before("TransactWriteItems", lambda *_: finished.append(park.finish(order_id)), times=1):
        assert upload(park.tech, order_id).status == 409
    later(world)
    assert (objects.keys(BUCKET), notes(engine)) == ([], [])


def test_objects_that_a_deletion_left_are_removed_by_the_sweep(
    world: World, park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    view = uploaded(park.tech, park.started())
    objects.dies_at = "DELETE "
    assert park.tech.delete(f"/v1/uploads/photos/{view['id']}").status == 204
    assert notes(engine) == ["LEFT"]
    later(world)
    assert (objects.keys(BUCKET), notes(engine)) == ([], [])


def test_objects_that_a_late_deletion_left_are_removed_by_the_next_sweep(
    world: World, park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    view = uploaded(park.tech, park.started())
    later(world)
    assert notes(engine) == []
    objects.dies_at = "DELETE "
    assert park.tech.delete(f"/v1/uploads/photos/{view['id']}").status == 204
    world.sweep_maintenance()
    assert (objects.keys(BUCKET), notes(engine)) == ([], [])


def test_a_photo_deleted_during_the_sweep_keeps_its_note(
    world: World, park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    view = uploaded(park.tech, park.started())
    full = object_keys("demo", view["id"]).full
    picture = objects.service.store.get(BUCKET, full)
    assert picture is not None

    def delete_photo(*_: object) -> None:
        assert park.tech.delete(f"/v1/uploads/photos/{view['id']}").status == 204
        objects.service.store.put(BUCKET, full, picture)  # as if it could not be removed

    with engine.before("DeleteItem", delete_photo, times=1):
        later(world)
    assert notes(engine) == ["LEFT"]
    world.sweep_maintenance()
    assert (objects.keys(BUCKET), notes(engine)) == ([], [])


def test_the_next_sweep_finishes_one_that_crashed(
    world: World, park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    objects.dies_at = "PUT "
    upload(park.tech, park.started())
    objects.dies_at = "DELETE "
    later(world)
    assert notes(engine) == ["LEFT"]
    world.sweep_maintenance()
    assert (objects.keys(BUCKET), notes(engine)) == ([], [])


@pytest.mark.parametrize("lost", ["full", "thumb"])
def test_a_photo_without_its_objects_is_withdrawn(
    world: World, park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects, lost: str
) -> None:
    order_id = park.started()
    view = uploaded(park.tech, order_id)
    version = stored(order_id).version
    objects.service.store.delete(BUCKET, getattr(object_keys("demo", view["id"]), lost))
    later(world)
    assert (objects.keys(BUCKET), notes(engine)) == ([], [])
    assert photos_in(park, order_id) == []
    order = stored(order_id)
    assert (order.completion_photos, order.version) == (0, version)
    assert audit_row(world, order_id, "PHOTO_WITHDRAWN").actor_id == "system:sweep"
    last = park.tech.get(f"/v1/work-orders/{order_id}").json["timeline"][-1]
    assert (last["action"], last["actor"]) == ("PHOTO_REMOVED", "Baton")
    assert set(park.finish(order_id).fields) == {"fixPhoto"}


def test_a_missing_photo_of_a_finished_work_order_is_not_withdrawn(
    world: World, park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    order_id = park.started()
    view = uploaded(park.tech, order_id)
    assert park.finish(order_id).status == 200
    objects.service.store.delete(BUCKET, object_keys("demo", view["id"]).full)
    later(world)
    assert stored(order_id).completion_photos == 1
    assert [one["id"] for one in photos_in(park, order_id)] == [view["id"]]
    assert notes(engine) == []


def test_one_upload_that_fails_does_not_stop_the_others(
    world: World, park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    order_id = park.started()
    for _ in range(3):
        objects.dies_at = "photo.jpg"  # not any PUT: that of the last one's thumbnail may still be under way
        upload(park.tech, order_id)
    objects.dies_at = "DELETE "
    later(world)
    assert len(notes(engine)) == 1
    world.sweep_maintenance()
    assert (objects.keys(BUCKET), notes(engine)) == ([], [])


def test_one_sweep_settles_many_uploads(
    world: World, park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    many = PAGE_SIZE * 3
    for number in range(many):
        PHOTOS.new_upload("demo", f"order.{number}", world.clock.now()).save()
    assert len(notes(engine)) == many
    world.sweep_maintenance()
    assert notes(engine) == []


def test_uploads_that_always_fail_do_not_hold_up_the_others(
    world: World, park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    order_id = park.started()
    for _ in range(UPLOAD_SHARDS.count * 4):
        view = uploaded(park.tech, order_id, photo((8, 8)))
        objects.service.store.delete(BUCKET, object_keys("demo", view["id"]).full)
    add_photo(world, order_id, by=-stored(order_id).completion_photos)  # now none of them can be withdrawn
    world.clock.advance(seconds=1)
    for number in range(UPLOAD_SHARDS.count * 4):
        PHOTOS.new_upload("demo", f"order.{number}", world.clock.now()).save()
    world.clock.advance(seconds=settings().photo_grace_s)
    outcomes = sweep_photos(world.parts.dependencies, "sweep-1", lambda: 60.0, page_size=1).outcomes
    assert outcomes == {PhotoOutcome.FAILED: UPLOAD_SHARDS.count * 4, PhotoOutcome.CLEARED: UPLOAD_SHARDS.count * 4}
    assert notes(engine) == ["STORED"] * (UPLOAD_SHARDS.count * 4)


def test_a_sweep_stops_within_its_time_budget(world: World, park: Park, engine: EmbeddedEngine) -> None:
    PHOTOS.new_upload("demo", "order.1", world.clock.now()).save()
    assert sweep_photos(world.parts.dependencies, "sweep-1", lambda: RESERVE_S - 1).outcomes == {}
    assert get(PHOTOS.upload_key("demo", "order.1")) is not None

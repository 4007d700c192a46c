"""Photos that are added, confirmed, deleted and swept at the same moment."""

from collections.abc import Callable, Sequence
from functools import partial

from chalicelib.core.parallel import parallel
from chalicelib.core.settings import settings
from chalicelib.core.store import get
from chalicelib.maintenance.photos.queries import list_photos
from chalicelib.maintenance.photos.tables import PHOTOS
from chalicelib.media.storage import object_keys
from infra.local.objects import EmbeddedObjects
from tests.builders.forms import Field, form
from tests.builders.maintenance import Park, stored
from tests.builders.photos import BUCKET, photo, upload
from tests.builders.world import World
from tests.races.crowd import at_once

PHOTO = photo((16, 16))


def check_settled(world: World, objects: EmbeddedObjects, order_ids: Sequence[str]) -> None:
    """Check that in the end counts, items and objects agree, and no note is left."""
    world.clock.advance(seconds=settings().photo_grace_s + settings().photo_upload_s)
    world.sweep_maintenance()
    rows = [row for order_id in order_ids for row in list_photos(stored(order_id))]
    for order_id in order_ids:
        order = stored(order_id)
        kinds = [row.photo_kind for row in rows if row.order_id == order_id]
        assert (order.completion_photos, order.issue_photos) == (kinds.count("COMPLETION"), kinds.count("ISSUE"))
    wanted = {key for row in rows for key in object_keys("demo", row.photo_id)[:2]}
    assert set(objects.keys(BUCKET)) == wanted
    assert [row.photo_id for row in rows if get(PHOTOS.upload_key("demo", row.photo_id)) is not None] == []


def presigned(park: Park, objects: EmbeddedObjects, order_id: str) -> str:
    """Upload a photo to the bucket without confirming it; return its id."""
    prepared = park.tech.post("/v1/uploads/photos/presign", {"workOrderId": order_id, "kind": "COMPLETION"}).json
    fields = [Field(name, value) for name, value in prepared["fields"].items()]
    assert objects.post(prepared["url"], *form(*fields, Field("file", PHOTO, "photo.jpg"))).status == 204
    photo_id: str = prepared["id"]
    return photo_id


def test_photos_added_and_deleted_at_once_are_all_counted(arena: World, running_objects: EmbeddedObjects) -> None:
    park = Park(arena)
    order_id = park.started()
    version = stored(order_id).version

    def add_and_delete(number: int) -> None:
        for turn in range(4):
            answer = upload(park.tech, order_id, PHOTO, kind=("COMPLETION", "ISSUE", "RETURN")[number % 3])
            assert answer.status == 201, answer
            if turn % 2:
                assert park.tech.delete(f"/v1/uploads/photos/{answer.json['id']}").status == 204

    def sweep() -> None:
        for _ in range(4):
            arena.clock.advance(seconds=settings().photo_grace_s / 8 - 1)
            arena.sweep_maintenance()

    calls: list[Callable[[], None]] = [partial(add_and_delete, number) for number in range(6)]
    at_once([*calls, sweep, sweep])
    order = stored(order_id)
    assert (order.completion_photos, order.issue_photos, order.version) == (4, 4, version)
    check_settled(arena, running_objects, [order_id])


def test_a_photo_confirmed_by_several_requests_at_once_is_added_once(
    arena: World, running_objects: EmbeddedObjects
) -> None:
    park = Park(arena)
    order_id = park.started()
    for number in range(1, 4):
        photo_id = presigned(park, running_objects, order_id)
        confirm = partial(park.tech.post, f"/v1/uploads/photos/{photo_id}/confirm")
        answers = at_once([confirm] * 4)
        assert {(answer.status, answer.json["id"]) for answer in answers} == {(201, photo_id)}
        assert stored(order_id).completion_photos == number
    check_settled(arena, running_objects, [order_id])


def test_a_photo_deleted_by_several_requests_at_once_is_deleted_once(
    arena: World, running_objects: EmbeddedObjects
) -> None:
    park = Park(arena)
    order_id = park.started()
    for _ in range(4):
        photo_id = upload(park.tech, order_id, PHOTO).json["id"]
        answers = at_once([partial(park.tech.delete, f"/v1/uploads/photos/{photo_id}")] * 3)
        assert sorted(answer.status for answer in answers) == [204, 404, 404]
        assert stored(order_id).completion_photos == 0
    check_settled(arena, running_objects, [order_id])


def test_concurrent_sweeps_clear_everything_once(arena: World, running_objects: EmbeddedObjects) -> None:
    park = Park(arena)
    order_id = park.started()
    parallel([partial(presigned, park, running_objects, order_id) for _ in range(8)])
    kept = upload(park.tech, order_id, PHOTO).json["id"]
    arena.clock.advance(seconds=settings().photo_upload_s + settings().photo_grace_s)
    at_once([arena.sweep_maintenance] * 3)
    assert [row.photo_id for row in list_photos(stored(order_id))] == [kept]
    check_settled(arena, running_objects, [order_id])

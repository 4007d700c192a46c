"""The photo pipeline with an owner that no domain has: models, keys and the withdrawal are all that a domain brings."""

import pytest
from pynamodb.attributes import UnicodeAttribute

from chalicelib.core import aws
from chalicelib.core.actor import Actor
from chalicelib.core.errors import AccessDenied, NotFound, ValidationFailed
from chalicelib.core.settings import settings
from chalicelib.core.store import ItemKey, get
from chalicelib.core.table import Entity, TableName, key
from chalicelib.core.work import UnitOfWork
from chalicelib.media import service
from chalicelib.media.errors import FileNotUploaded
from chalicelib.media.queries import list_photos
from chalicelib.media.schemas import PhotoDetails
from chalicelib.media.storage import object_keys
from chalicelib.media.sweep import PhotoOutcome, UploadSweep
from chalicelib.media.tables import Photo, PhotoCollection, Upload
from chalicelib.media.views import photo_urls, upload_view
from infra.local.objects import EmbeddedObjects
from infra.tables import Table, create_missing, merge
from tests.builders.forms import Field, form
from tests.builders.photos import BUCKET, opened, photo
from tests.builders.world import World

ANNA, BEN = Actor("demo", "anna"), Actor("demo", "ben")
FRONT = PhotoDetails("FRONT", "Pixel 9")


class Shelf(Entity):
    """An owner of photos."""

    class Meta:
        table_name = TableName("photographed")

    kind = "shelf"


class ShelfPhoto(Photo):
    """A photo of a shelf."""

    class Meta:
        table_name = TableName("photographed")

    shelf_id = UnicodeAttribute()


class ShelfUpload(Upload):
    """The note about the upload of a photo of a shelf."""

    class Meta:
        table_name = TableName("photographed")


def shelf_key(org_id: str, shelf_id: str) -> ItemKey[Shelf]:
    return ItemKey(Shelf, key(org_id, "SHELF", shelf_id), "SHELF")


PHOTOS = PhotoCollection(photo=ShelfPhoto, upload=ShelfUpload, owner_key=shelf_key, owner_attribute="shelf_id")


@pytest.fixture(autouse=True)
def shelves(world: World) -> None:
    """A table with one shelf."""
    table = Table(Shelf.Meta.table_name, "photographed")
    merge(table, ShelfUpload)
    create_missing(aws.client("dynamodb"), [table])
    shelf = shelf_key("demo", "a")
    Shelf(shelf.pk, shelf.sk).save()


def add_photo(world: World) -> ShelfPhoto:
    def add(work: UnitOfWork) -> ShelfPhoto:
        photo_id = service.store_photo(work, PHOTOS, "demo", "a", photo((80, 60)))
        return service.create_photo(work, PHOTOS, photo_id, FRONT, ANNA)

    added: ShelfPhoto = world.run(add)
    return added


def prepare(world: World) -> ShelfUpload:
    upload: ShelfUpload = world.run(lambda work: service.prepare_upload(work, PHOTOS, "a", FRONT, ANNA))
    return upload


def confirm(world: World, upload: ShelfUpload, actor: Actor = ANNA) -> ShelfPhoto:
    def add(work: UnitOfWork) -> ShelfPhoto:
        note = service.require_pending(work, get(PHOTOS.upload_key("demo", upload.photo_id)), actor)
        confirmed = service.receive_upload(work, PHOTOS, note)
        return confirmed or service.create_photo(work, PHOTOS, note.photo_id, FRONT, actor)

    added: ShelfPhoto = world.run(add)
    return added


def sweep(world: World, outcome: PhotoOutcome = PhotoOutcome.WITHDRAWN) -> tuple[dict[PhotoOutcome, int], list[str]]:
    """Let every note become due and sweep; return how many had which result, and the photos to be withdrawn."""
    withdrawn = []

    def withdraw(work: UnitOfWork, missing: ShelfPhoto, shelf: Shelf) -> PhotoOutcome:
        assert shelf.entity_id == "a"
        withdrawn.append(missing.photo_id)
        if outcome is PhotoOutcome.WITHDRAWN:
            service.stage_removal(work, PHOTOS, missing)
        return outcome

    world.clock.advance(seconds=settings().photo_upload_s + settings().photo_grace_s)
    uploads = UploadSweep(photos=PHOTOS, withdraw=withdraw, deps=world.parts.dependencies, sweep_id="sweep-1")
    return dict(uploads.run(lambda: 60.0).outcomes), withdrawn


def test_a_photo_lies_beside_its_owner_and_its_addresses_work(world: World, objects: EmbeddedObjects) -> None:
    added = add_photo(world)
    assert (added.pk, added.shelf_id, added.photo_kind) == (shelf_key("demo", "a").pk, "a", "FRONT")
    assert [one.photo_id for one in list_photos(PHOTOS, "demo", "a")] == [added.photo_id]
    url, thumb_url = photo_urls(added, settings())
    assert [opened(objects.fetch(address).body).size for address in (url, thumb_url)] == [(80, 60), (80, 60)]
    assert sweep(world) == ({PhotoOutcome.KEPT: 1}, [])
    assert get(PHOTOS.upload_key("demo", added.photo_id)) is None


def test_a_file_that_is_not_a_photo_leaves_nothing(world: World, objects: EmbeddedObjects) -> None:
    with pytest.raises(ValidationFailed) as refused:
        world.run(lambda work: service.store_photo(work, PHOTOS, "demo", "a", b"nonsense"))
    assert set(refused.value.fields) == {"file"}
    assert (objects.keys(BUCKET), sweep(world)) == ([], ({}, []))


def test_a_deleted_photo_is_gone_with_its_objects(world: World, objects: EmbeddedObjects) -> None:
    added = add_photo(world)
    world.run(lambda work: service.delete_photo(work, PHOTOS, added))
    assert (list_photos(PHOTOS, "demo", "a"), objects.keys(BUCKET)) == ([], [])
    with pytest.raises(NotFound):
        world.run(lambda work: service.delete_photo(work, PHOTOS, added))
    assert sweep(world) == ({PhotoOutcome.CLEARED: 1}, [])


def test_an_uploaded_file_counts_once_its_uploader_confirms_it(world: World, objects: EmbeddedObjects) -> None:
    upload = prepare(world)
    with pytest.raises(FileNotUploaded):
        confirm(world, upload)
    view = upload_view(upload, settings())
    fields = [Field(name, value) for name, value in view.fields.items()]
    assert objects.post(view.url, *form(*fields, Field("file", photo(), "photo.jpg"))).status == 204
    with pytest.raises(AccessDenied):
        confirm(world, upload, BEN)
    assert list_photos(PHOTOS, "demo", "a") == []
    assert confirm(world, upload).photo_id == upload.photo_id
    with pytest.raises(NotFound):
        confirm(world, upload)
    assert set(objects.keys(BUCKET)) == set(object_keys("demo", upload.photo_id)[:2])


def test_an_abandoned_upload_is_cleared(world: World, objects: EmbeddedObjects) -> None:
    upload = prepare(world)
    assert sweep(world) == ({PhotoOutcome.CLEARED: 1}, [])
    with pytest.raises(NotFound):
        confirm(world, upload)


@pytest.mark.parametrize(("outcome", "left"), [(PhotoOutcome.WITHDRAWN, 0), (PhotoOutcome.LOST, 1)])
def test_the_owner_decides_about_a_photo_whose_objects_are_missing(
    world: World, objects: EmbeddedObjects, outcome: PhotoOutcome, left: int
) -> None:
    added = add_photo(world)
    objects.service.store.delete(BUCKET, object_keys("demo", added.photo_id).thumb)
    assert sweep(world, outcome) == ({outcome: 1}, [added.photo_id])
    assert len(list_photos(PHOTOS, "demo", "a")) == left
    assert get(PHOTOS.upload_key("demo", added.photo_id)) is None

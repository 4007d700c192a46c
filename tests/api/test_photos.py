"""Photos of work orders: uploading them through the API, and deleting them."""

from typing import Any

import pytest

from chalicelib.core.settings import settings
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.maintenance.photos.tables import PHOTOS
from chalicelib.media.queries import MAX_PHOTOS
from chalicelib.media.schemas import MAX_PHOTO_BYTES
from chalicelib.media.tables import UploadState
from infra.local.engine import EmbeddedEngine
from infra.local.objects import EmbeddedObjects
from tests.builders.dispatch import audit_row, diff
from tests.builders.forms import Field, form
from tests.builders.maintenance import SOUTH, Park, stored
from tests.builders.photos import BUCKET, opened, photo, send, upload, uploaded
from tests.builders.world import OTHER, Answer, Person, World


@pytest.fixture
def park(world: World) -> Park:
    return Park(world)


def refused(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.code


def delete_photo(person: Person, photo_id: str, **headers: str) -> Answer:
    return person.delete(f"/v1/uploads/photos/{photo_id}", **headers)


def presign(person: Person, order_id: str, kind: str) -> Answer:
    return person.post("/v1/uploads/photos/presign", {"workOrderId": order_id, "kind": kind})


def confirmed(person: Person, prepared: dict[str, Any], objects: EmbeddedObjects) -> Answer:
    """Send the file of an upload that was prepared, and confirm it."""
    fields = [Field(name, value) for name, value in prepared["fields"].items()]
    assert objects.post(prepared["url"], *form(*fields, Field("file", photo(), "photo.jpg"))).status == 204
    return person.post(f"/v1/uploads/photos/{prepared['id']}/confirm")


def detail(person: Person, order_id: str) -> Any:
    return person.get(f"/v1/work-orders/{order_id}").json


def test_an_uploaded_photo_has_working_presigned_addresses(park: Park, objects: EmbeddedObjects) -> None:
    order_id = park.started()
    view = uploaded(park.tech, order_id, photo((800, 600)), device="Pixel 9")
    assert set(view) == {"id", "url", "thumbUrl", "kind", "workOrderId", "uploadedById"}
    assert (view["kind"], view["workOrderId"]) == ("COMPLETION", order_id)
    full, thumb = objects.fetch(view["url"]), objects.fetch(view["thumbUrl"])
    assert (full.status, full.headers["content-type"]) == (200, "image/jpeg")
    assert opened(full.body).size == (800, 600)
    assert opened(thumb.body).size == (320, 240)


def test_a_photo_appears_in_its_work_order_and_in_the_timeline(park: Park) -> None:
    order_id = park.started()
    finished, finding = uploaded(park.tech, order_id), uploaded(park.tech, order_id, kind="ISSUE")
    shown = detail(park.tech, order_id)
    assert [one["id"] for one in shown["photos"]] == [finished["id"]]
    assert [one["id"] for one in shown["issuePhotos"]] == [finding["id"]]
    last = shown["timeline"][-1]
    assert (last["action"], last["note"], last["actor"]) == ("PHOTO_ADDED", "ISSUE", "Mees van Dijk")
    [listed] = park.tech.get("/v1/me/work-orders").json["workOrders"]
    assert listed["issuePhotoCount"] == 1


def test_photos_do_not_change_the_version_of_the_work_order(park: Park) -> None:
    order_id = park.started()
    version = stored(order_id).version
    view = uploaded(park.tech, order_id)
    uploaded(park.tech, order_id)
    assert delete_photo(park.tech, view["id"]).status == 204
    order = stored(order_id)
    assert (order.version, order.completion_photos) == (version, 1)
    answer = park.tech.patch(f"/v1/work-orders/{order_id}/done", {}, if_match=str(version))
    assert answer.status == 200, answer


def test_only_a_completion_photo_lets_a_work_order_be_finished(park: Park) -> None:
    order_id = park.started()
    uploaded(park.tech, order_id, kind="RETURN")
    uploaded(park.tech, order_id, kind="ISSUE")
    assert set(park.finish(order_id).fields) == {"fixPhoto"}
    uploaded(park.tech, order_id)
    assert park.finish(order_id).status == 200


def test_photos_of_an_earlier_attempt_do_not_let_a_work_order_be_finished(park: Park) -> None:
    order_id, other = park.started(), park.person("TECH")
    old = uploaded(park.tech, order_id)
    assert park.give_back(order_id).status == 200
    assert park.assign(order_id, other).status == 200
    early = uploaded(other, order_id)
    assert park.start(order_id, other).status == 200
    assert set(park.finish(order_id, other).fields) == {"fixPhoto"}
    new = uploaded(other, order_id)
    assert delete_photo(other, early["id"]).status == 204
    assert delete_photo(park.tech, old["id"]).status == 204
    assert [one["id"] for one in detail(other, order_id)["photos"]] == [new["id"]]
    assert park.finish(order_id, other).status == 200


def test_a_photo_counts_for_the_attempt_that_runs_when_it_is_stored(park: Park, engine: EmbeddedEngine) -> None:
    order_id, started = park.assigned(), list[Answer]()
    with engine.before("TransactWriteItems", lambda *_: started.append(park.start(order_id)), times=1):
        uploaded(park.tech, order_id)
    assert [answer.status for answer in started] == [200]
    assert park.finish(order_id).status == 200


def test_a_deleted_photo_is_removed_with_its_objects(park: Park, objects: EmbeddedObjects) -> None:
    order_id = park.started()
    view = uploaded(park.tech, order_id)
    assert delete_photo(park.tech, view["id"]).status == 204
    assert objects.keys(BUCKET) == []
    assert objects.fetch(view["url"]).status == 404
    assert detail(park.tech, order_id)["photos"] == []
    assert detail(park.tech, order_id)["timeline"][-1]["action"] == "PHOTO_REMOVED"
    assert set(park.finish(order_id).fields) == {"fixPhoto"}
    assert refused(delete_photo(park.tech, view["id"])) == (404, "NOT_FOUND")
    park.world.clock.advance(seconds=settings().photo_grace_s)
    park.world.sweep_maintenance()
    assert get(PHOTOS.upload_key("demo", view["id"])) is None


def test_a_return_photo_may_be_added_after_the_return(park: Park) -> None:
    order_id = park.started()
    assert park.give_back(order_id).status == 200
    uploaded(park.tech, order_id, kind="RETURN")


def test_every_invalid_field_is_named_at_once(park: Park) -> None:
    answer = send(park.tech, Field("workOrderId", park.started()), Field("kind", "SELFIE"), Field("place", "here"))
    assert refused(answer) == (422, "VALIDATION_ERROR")
    assert answer.fields == {
        "file": "is required",
        "kind": "must be one of COMPLETION, RETURN, ISSUE",
        "place": "is not expected here",
    }
    assert "workOrderId" in send(park.tech, Field("kind", "ISSUE")).fields


def test_a_photo_of_more_than_four_megabytes_is_too_large(park: Park, objects: EmbeddedObjects) -> None:
    order_id = park.started()
    largest = photo() + bytes(MAX_PHOTO_BYTES - len(photo()))
    uploaded(park.tech, order_id, largest)
    for content in (largest + b"1", largest + bytes(1_000_000)):
        answer = upload(park.tech, order_id, content)
        assert refused(answer) == (413, "PAYLOAD_TOO_LARGE")
        assert answer.json["error"]["details"] == {"most": MAX_PHOTO_BYTES, "instead": "/v1/uploads/photos/presign"}
    too_large = upload(park.tech, "no-such-order", largest + b"1")  # what the request shows comes before what is stored
    assert too_large.json["error"]["details"] == {"most": MAX_PHOTO_BYTES, "instead": "/v1/uploads/photos/presign"}
    assert len(objects.keys(BUCKET)) == 2


def test_an_unknown_work_order_is_not_found_before_the_file_is_decoded(park: Park) -> None:
    assert refused(upload(park.tech, "no-such-order", b"nonsense")) == (404, "NOT_FOUND")
    assert refused(upload(park.tech, "no-such-order", kind="nonsense")) == (422, "VALIDATION_ERROR")
    assert refused(delete_photo(park.tech, "no-such-order.1")) == (404, "NOT_FOUND")
    assert refused(delete_photo(park.tech, "nonsense")) == (404, "NOT_FOUND")


def test_work_orders_and_photos_of_another_organisation_are_not_found(world: World, park: Park) -> None:
    stranger = world.person("TECH", OTHER, game_zone=park.zone)
    order_id = park.started()
    view = uploaded(park.tech, order_id)
    assert refused(upload(stranger, order_id)) == (404, "NOT_FOUND")
    assert refused(delete_photo(stranger, view["id"])) == (404, "NOT_FOUND")
    assert stored(order_id).completion_photos == 1


def test_technicians_cannot_add_photos_to_work_orders_of_others(park: Park, objects: EmbeddedObjects) -> None:
    order_id = park.started()
    others = [park.person("TECH"), park.person("TECH", game_zone=SOUTH)]
    for other in others:
        assert refused(upload(other, order_id)) == (403, "ACCESS_DENIED")
        assert refused(upload(other, order_id, b"nonsense")) == (403, "ACCESS_DENIED")
    assert objects.keys(BUCKET) == []


def test_only_the_uploader_may_delete_a_photo(world: World, park: Park) -> None:
    order_id = park.started()
    view = uploaded(park.tech, order_id)
    for other in (park.person("TECH"), world.person("SYSTEM_ADMIN")):
        assert refused(delete_photo(other, view["id"])) == (403, "ACCESS_DENIED")
    assert stored(order_id).completion_photos == 1


def test_roles_without_the_permission_are_refused(park: Park) -> None:
    order_id = park.started()
    view = uploaded(park.tech, order_id)
    for person in (park.ops, park.lead, park.manager):
        assert refused(upload(person, order_id)) == (403, "ACCESS_DENIED")
        assert refused(delete_photo(person, view["id"])) == (403, "ACCESS_DENIED")
    assert refused(upload(park.manager, order_id, kind="ISSUE")) == (403, "ACCESS_DENIED")


def test_leads_add_photos_of_an_issue_in_their_zone(park: Park) -> None:
    order_id = str(park.routed()["id"])
    for person in (park.ops, park.lead):
        view = uploaded(person, order_id, kind="ISSUE")
        for kind in ("COMPLETION", "RETURN"):
            answer = upload(person, order_id, kind=kind)
            assert refused(answer) == (403, "ACCESS_DENIED")
            assert refused(presign(person, order_id, kind)) == (403, "ACCESS_DENIED")
        assert presign(person, order_id, "ISSUE").status == 201
        elsewhere = park.person(person.role, game_zone=SOUTH)
        assert refused(upload(elsewhere, order_id, kind="ISSUE")) == (403, "ACCESS_DENIED")
        assert refused(delete_photo(park.tech, view["id"])) == (403, "ACCESS_DENIED")
        assert delete_photo(person, view["id"]).status == 204
    assert stored(order_id).issue_photos == 0


def test_the_lead_adds_the_photo_of_what_a_vendor_has_finished(park: Park, objects: EmbeddedObjects) -> None:
    order_id = str(park.routed()["id"])
    assert refused(upload(park.lead, order_id)) == (403, "ACCESS_DENIED")
    prepared = presign(park.lead, order_id, "ISSUE").json
    assert park.outsource(order_id).status == 200
    for person in (park.tech, park.ops):
        assert refused(upload(person, order_id)) == (403, "ACCESS_DENIED")
    uploaded(park.lead, order_id)
    assert stored(order_id).completion_photos == 1
    assert refused(upload(park.lead, order_id, kind="RETURN")) == (403, "ACCESS_DENIED")
    assert confirmed(park.lead, prepared, objects).status == 201


def test_a_photo_of_the_work_is_refused_if_the_order_is_given_to_another_meanwhile(
    park: Park, objects: EmbeddedObjects
) -> None:
    order_id = str(park.routed()["id"])
    assert park.outsource(order_id).status == 200
    prepared = presign(park.lead, order_id, "COMPLETION").json

    def recall(work: UnitOfWork) -> None:
        work.update(stored(order_id), {"state": "ROUTED"})

    park.world.run(recall)
    assert refused(confirmed(park.lead, prepared, objects)) == (403, "ACCESS_DENIED")
    assert stored(order_id).completion_photos == 0


def test_the_photos_of_a_finished_work_order_cannot_be_changed(park: Park, objects: EmbeddedObjects) -> None:
    order_id = park.started()
    view = uploaded(park.tech, order_id)
    assert park.finish(order_id).status == 200
    answers = (
        ("add_photo", upload(park.tech, order_id)),
        ("add_photo", upload(park.tech, order_id, b"x")),
        ("delete_photo", delete_photo(park.tech, view["id"])),
    )
    for action, answer in answers:
        assert refused(answer) == (409, "WORKFLOW_VIOLATION")
        assert answer.json["error"]["details"] == {"state": "DONE", "action": action, "allowed": []}
    assert answers[0][1].json["error"]["message"] == "Cannot add a photo to a work order in state DONE."
    assert answers[2][1].json["error"]["message"] == "Cannot delete a photo of a work order in state DONE."
    assert len(objects.keys(BUCKET)) == 2
    assert objects.fetch(view["url"]).status == 200


def test_a_repeated_upload_adds_nothing(park: Park, objects: EmbeddedObjects) -> None:
    order_id = park.started()
    first = upload(park.tech, order_id, idempotency_key="k")
    again = upload(park.tech, order_id, idempotency_key="k")
    assert (first.status, again.status, again.text) == (201, 201, first.text)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert stored(order_id).completion_photos == 1
    assert len(objects.keys(BUCKET)) == 2
    other = upload(park.tech, order_id, photo((10, 10)), idempotency_key="k")
    assert refused(other) == (422, "IDEMPOTENCY_KEY_REUSED")


def test_a_repeated_deletion_is_replayed(park: Park) -> None:
    view = uploaded(park.tech, park.started())
    for replayed in (None, "true"):
        answer = delete_photo(park.tech, view["id"], idempotency_key="k")
        assert (answer.status, answer.headers.get("Idempotent-Replayed")) == (204, replayed)


def test_audit_rows_of_photos_name_their_work_order(world: World, park: Park) -> None:
    order_id = park.started()
    photo_id = uploaded(park.tech, order_id, device="Pixel 9")["id"]
    delete_photo(park.tech, photo_id)
    added = diff(audit_row(world, order_id, "PHOTO_ADDED"))
    assert added[f"photo/{photo_id}.photo_kind"] == [None, "COMPLETION"]
    assert added[f"photo/{photo_id}.device"] == [None, "Pixel 9"]
    removed = diff(audit_row(world, order_id, "PHOTO_REMOVED"))
    assert removed[f"photo/{photo_id}.photo_kind"] == ["COMPLETION", None]
    assert upload(park.tech, order_id, b"nonsense").status == 422
    assert audit_row(world, order_id, "PHOTO_ADDED", "VALIDATION_ERROR").payload_diff is None


def test_the_note_is_written_before_the_objects(
    world: World, park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    order_id = park.started()
    seen: list[tuple[int, int]] = []

    def look(_: str, request: dict[str, Any]) -> None:
        if "UPLOAD" in str(request.get("Item", "")):
            seen.append((len(objects.keys(BUCKET)), stored(order_id).completion_photos))

    with engine.before("PutItem", look):
        view = uploaded(park.tech, order_id)
    assert seen == [(0, 0)]
    upload_note = get(PHOTOS.upload_key("demo", view["id"]))
    assert upload_note is not None
    assert upload_note.state == UploadState.STORED


def test_an_upload_that_runs_again_after_a_conflict_stores_its_photo_once(
    park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    order_id = park.started()
    engine.fail_next("TransactWriteItems", "TransactionCanceledException", reasons=["ConditionalCheckFailed"])
    uploaded(park.tech, order_id)
    assert len(objects.keys(BUCKET)) == 2
    assert stored(order_id).completion_photos == 1


def test_an_upload_is_refused_if_the_work_order_is_finished_meanwhile(park: Park, engine: EmbeddedEngine) -> None:
    order_id = park.started()
    uploaded(park.tech, order_id)
    finished: list[Answer] = []
    with engine.before("TransactWriteItems", lambda *_: finished.append(park.finish(order_id)), times=1):
        answer = upload(park.tech, order_id)
    assert [one.status for one in finished] == [200]
    assert refused(answer) == (409, "WORKFLOW_VIOLATION")
    assert stored(order_id).completion_photos == 1


def test_uploads_and_deletions_keep_within_three_round_trips(park: Park, engine: EmbeddedEngine) -> None:
    order_id = park.started()
    calls: list[str] = []
    engine.before(None, lambda operation, _: calls.append(operation))
    view = uploaded(park.tech, order_id)
    assert calls == ["BatchGetItem", "PutItem", "TransactWriteItems"]
    calls.clear()
    delete_photo(park.tech, view["id"])
    assert calls == ["BatchGetItem", "TransactWriteItems"]
    calls.clear()
    detail(park.tech, order_id)
    assert calls == ["BatchGetItem", "Query", "Query"]  # the two queries at once


def test_an_upload_is_refused_if_the_work_order_is_reassigned_meanwhile(
    park: Park, engine: EmbeddedEngine, objects: EmbeddedObjects
) -> None:
    order_id, other = park.assigned(), park.person("TECH")

    def reassign(*_: object) -> None:
        assert park.assign(order_id, other).status == 200

    with engine.before("TransactWriteItems", reassign, times=1):
        assert refused(upload(park.tech, order_id)) == (403, "ACCESS_DENIED")
    assert stored(order_id).completion_photos == 0
    park.world.clock.advance(seconds=settings().photo_grace_s)
    park.world.sweep_maintenance()
    assert objects.keys(BUCKET) == []
    assert upload(other, order_id).status == 201


def test_an_administrator_may_add_a_photo_to_an_unassigned_work_order(park: Park, objects: EmbeddedObjects) -> None:
    order_id = park.routed()["id"]
    answer = upload(park.world.person("SYSTEM_ADMIN"), order_id, kind="ISSUE")
    assert answer.status == 201, answer
    assert stored(order_id).issue_photos == 1


def test_an_order_says_that_it_has_more_photos_than_it_shows(park: Park) -> None:
    order_id = park.started()
    shown = uploaded(park.tech, order_id)["id"]
    key = PHOTOS.photo_key("demo", shown)
    first = get(key)
    assert first is not None

    def add(number: int) -> None:
        first.sk, first.photo_id = f"{key.sk}{number:04d}", f"{shown}{number:04d}"
        first.save()

    for number in range(MAX_PHOTOS - 1):
        add(number)
    before = detail(park.tech, order_id)
    assert (len(before["photos"]), "hasMorePhotos" in before) == (MAX_PHOTOS, False)
    add(MAX_PHOTOS)
    after = detail(park.tech, order_id)
    assert (len(after["photos"]), after["hasMorePhotos"]) == (MAX_PHOTOS, True)

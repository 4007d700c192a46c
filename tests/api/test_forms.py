"""Bodies that are forms with files, well-formed and malformed."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import Meta
from msgspec.structs import replace

from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import AuditTarget, Endpoint
from chalicelib.edge.forms import MAX_PARTS
from chalicelib.edge.openapi.document import document
from chalicelib.edge.request import Empty, Request, Response
from tests.builders.endpoints import ask, shelf_endpoint
from tests.builders.forms import Field, form
from tests.builders.world import Answer, World


class Picture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A picture with its description."""

    file: Annotated[bytes, Meta(min_length=1)]
    kind: Literal["front", "back"]
    shelf: Annotated[int, Meta(ge=1)] = 1
    note: Annotated[str, Meta(max_length=10)] | None = None


def echo(request: Request[Picture, Empty], _: UnitOfWork) -> Response[dict[str, Any]]:
    body = request.body
    return Response({"bytes": list(body.file), "kind": body.kind, "shelf": body.shelf, "note": body.note})


PICTURES = shelf_endpoint(echo, body=Picture, form=True)
BINARY = bytes(range(256)) + b"\r\n--not a boundary\r\n"


def send(world: World, *fields: Field, endpoint: Endpoint = PICTURES, **headers: str) -> Answer:
    content_type, raw = form(*fields)
    return send_raw(world, content_type, raw, endpoint=endpoint, **headers)


def send_raw(world: World, content_type: str, raw: bytes, *, endpoint: Endpoint = PICTURES, **headers: str) -> Answer:
    return ask(world.person("customer"), endpoint, name="a", query=None, raw=raw, content_type=content_type, **headers)


def test_a_file_and_its_fields_arrive_as_they_were_sent(world: World) -> None:
    answer = send(
        world, Field("file", BINARY, "a.bin"), Field("kind", "front"), Field("shelf", "3"), Field("note", "é")
    )
    assert answer.status == 200, answer
    assert answer.json == {"bytes": list(BINARY), "kind": "front", "shelf": 3, "note": "é"}


def test_every_bad_field_of_a_form_is_reported_at_once(world: World) -> None:
    answer = send(world, Field("kind", "top"), Field("shelf", "none"), Field("note", "x" * 11), Field("colour", "red"))
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    assert answer.fields == {
        "file": "is required",
        "kind": "must be one of front, back",
        "shelf": "must be a whole number",
        "note": "must be at most 10 characters",
        "colour": "is not expected here",
    }


def test_an_empty_file_is_refused(world: World) -> None:
    assert send(world, Field("file", b"", "a.jpg"), Field("kind", "front")).fields == {"file": "must not be empty"}


def test_a_field_that_comes_twice_is_refused(world: World) -> None:
    answer = send(world, Field("file", b"1", "a"), Field("file", b"2", "b"), Field("kind", "front"))
    assert answer.fields == {"file": "must be given only once"}


def test_a_text_field_that_is_not_utf_8_is_refused(world: World) -> None:
    answer = send(world, Field("file", b"1", "a"), Field("kind", "front"), Field("note", b"\xff\xfe"))
    assert answer.fields == {"note": "must be text in UTF-8"}
    answer = send(world, Field("file", b"1", "a"), Field("kind", "front"), Field("note", "\0"))
    assert answer.fields == {"note": "must not contain the character U+0000"}


def test_an_empty_form_lacks_every_required_field(world: World) -> None:
    answer = send_raw(world, "multipart/form-data; boundary=x", b"")
    assert answer.fields == {"file": "is required", "kind": "is required"}


def test_another_media_type_is_415(world: World) -> None:
    for content_type in ("application/json", "application/x-www-form-urlencoded", "multipart/mixed; boundary=x"):
        answer = send_raw(world, content_type, b"{}")
        assert (answer.status, answer.code) == (415, "UNSUPPORTED_MEDIA_TYPE"), content_type


def test_a_form_is_415_where_json_is_expected(world: World) -> None:
    content_type, raw = form(Field("kind", "front"))
    answer = send_raw(world, content_type, raw, endpoint=shelf_endpoint(echo, body=Picture))
    assert (answer.status, answer.code) == (415, "UNSUPPORTED_MEDIA_TYPE")


def malformed() -> Sequence[tuple[str, bytes]]:
    content_type, raw = form(Field("file", b"1234", "a"), Field("kind", "front"))
    nameless = raw.replace(b'name="file"', b'title="file"')
    many = form(*(Field(f"f{number}", "1") for number in range(MAX_PARTS + 1)))
    long_header = raw.replace(b'name="file"', b'name="file"; x="' + b"y" * 5000 + b'"')
    return [
        (content_type, raw[:-8]),
        (content_type, raw[: len(raw) // 2]),
        (content_type, b"{nonsense"),
        (content_type, nameless),
        (content_type, long_header),
        ("multipart/form-data", raw),
        ("multipart/form-data; boundary=", raw),
        ("multipart/form-data; boundary=other", raw),
        (f"multipart/form-data; boundary={'b' * 300}", raw),
        many,
    ]


@pytest.mark.parametrize("number", range(len(malformed())))
def test_a_malformed_form_is_400(world: World, number: int) -> None:
    answer = send_raw(world, *malformed()[number])
    assert (answer.status, answer.code) == (400, "MALFORMED_FORM")
    assert [row.outcome for row in world.audit() if row.entity_type == "shelf"] == ["MALFORMED_FORM"]


def test_a_body_above_the_limit_of_its_endpoint_is_413(world: World) -> None:
    endpoint = shelf_endpoint(echo, body=Picture, form=True, max_body_bytes=1000)
    assert send(world, Field("file", b"x" * 700, "a"), Field("kind", "front"), endpoint=endpoint).status == 200
    answer = send(world, Field("file", b"x" * 1000, "a"), Field("kind", "front"), endpoint=endpoint)
    assert (answer.status, answer.code) == (413, "PAYLOAD_TOO_LARGE")
    assert answer.json["error"]["details"] == {"most": 1000}


def test_the_same_form_with_another_boundary_is_the_same_request(world: World) -> None:
    fields = [Field("file", BINARY, "a.bin"), Field("kind", "front")]
    person = world.person("customer")
    answers = []
    for boundary in ("first", "second"):
        content_type, raw = form(*fields, boundary=boundary)
        answers.append(ask(person, PICTURES, raw=raw, content_type=content_type, idempotency_key="k"))
    assert [answer.status for answer in answers] == [200, 200]
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    content_type, raw = form(*fields, Field("note", "more"))
    answer = ask(person, PICTURES, raw=raw, content_type=content_type, idempotency_key="k")
    assert answer.code == "IDEMPOTENCY_KEY_REUSED"


def test_a_field_of_the_form_can_name_the_audited_entity(world: World) -> None:
    endpoint = shelf_endpoint(echo, body=Picture, form=True, audit_target=AuditTarget("shelf", "SHELF_CHANGED", "kind"))
    assert send(world, Field("kind", "top"), endpoint=endpoint).status == 422
    assert send(world, Field("file", b"x", "a"), Field("kind", "front"), endpoint=endpoint).status == 200
    rows = [(row.entity_id, row.outcome) for row in world.audit() if row.entity_type == "shelf"]
    assert sorted(rows) == [("front", "OK"), ("top", "VALIDATION_ERROR")]


def test_the_api_description_has_form_data_with_binary_files(world: World) -> None:
    described: Any = document(replace(world.parts.dependencies, endpoints=[PICTURES]))
    operation = described["paths"]["/v1/shelves/{name}"]["patch"]
    [(media_type, content)] = operation["requestBody"]["content"].items()
    assert media_type == "multipart/form-data"
    assert operation["requestBody"]["required"] is True
    schema = described["components"]["schemas"][content["schema"]["$ref"].rsplit("/", 1)[1]]
    assert schema["properties"]["file"] == {"type": "string", "format": "binary"}  # a size breaks clients in Go
    assert "MALFORMED_FORM" in operation["responses"]["400"]["content"]["application/json"]["examples"]

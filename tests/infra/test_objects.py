"""The embedded S3 refuses requests without a valid signature."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4PostAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from chalicelib.core.aws import client
from chalicelib.core.errors import Unavailable
from chalicelib.core.objects import Objects, ObjectTooLarge
from chalicelib.core.settings import settings
from infra.local.objects import EmbeddedObjects, ObjectResponse, ObjectService
from infra.local.objects_store import Held, ObjectStore
from tests.builders.forms import Field, form
from tests.builders.photos import BUCKET

KEY = "photos/demo/ü 1/photo.jpg"
ME = Credentials("me", "my secret")
BASE = "http://127.0.0.1:8000/_s3"


@pytest.fixture
def bucket(objects: EmbeddedObjects) -> Objects:
    return Objects(settings())


@pytest.fixture
def service() -> Iterator[ObjectService]:
    """A service with credentials of the test."""
    store = ObjectStore()
    store.make_bucket(BUCKET)
    store.put(BUCKET, "a", Held(b"1", "text/plain"))
    yield ObjectService(store, prefix="/_s3", credentials=lambda: ME)
    store.close()


def code(answer: ObjectResponse) -> str:
    return answer.body.decode().partition("<Code>")[2].partition("</Code>")[0]


def called(
    service: ObjectService, method: str, path: str, body: bytes = b"", who: Credentials = ME, **changed: str
) -> ObjectResponse:
    """Return the response to a signed call whose headers were changed after signing."""
    url = f"{BASE}/{path}"
    request = AWSRequest(method, url, {}, body)
    S3SigV4Auth(who, "s3", "us-east-1").add_auth(request)
    headers = {name.lower(): value for name, value in request.headers.items()}
    sent = {**headers, "host": "127.0.0.1:8000", **{name.replace("_", "-"): value for name, value in changed.items()}}
    return service.handle(method, url, sent, body)


def posted(service: ObjectService, allows: dict[str, Any] | bytes, **fields: str) -> ObjectResponse:
    """Return the response to a form with a signed policy and these fields."""
    moment = service.signatures.now().strftime("%Y%m%dT%H%M%SZ")
    text = allows if isinstance(allows, bytes) else base64.b64encode(json.dumps(allows).encode())
    request = AWSRequest("POST", "", {})
    request.context["timestamp"] = moment
    signature = S3SigV4PostAuth(ME, "s3", "us-east-1").signature(text.decode(), request)
    signed = {
        "x-amz-credential": f"me/{moment[:8]}/us-east-1/s3/aws4_request",
        "x-amz-date": moment,
        "policy": text.decode(),
        "x-amz-signature": signature,
    }
    content_type, body = form(*(Field(n, v) for n, v in {**signed, **fields}.items()), Field("file", b"12345", "a"))
    return service.handle("POST", f"{BASE}/{BUCKET}", {"content-type": content_type}, body)


def later(service: ObjectService, **by: int) -> None:
    moment = service.signatures.now() + timedelta(**by)
    service.signatures.now = lambda: moment


def test_objects_are_put_read_found_and_removed(bucket: Objects) -> None:
    assert (bucket.get(KEY, 10), bucket.exists(KEY)) == (None, False)
    bucket.put(KEY, b"\x00\xff", "image/jpeg")
    assert (bucket.get(KEY, 10), bucket.exists(KEY)) == (b"\x00\xff", True)
    bucket.put(KEY, b"again", "image/jpeg")
    assert bucket.get(KEY, 5) == b"again"
    with pytest.raises(ObjectTooLarge):
        bucket.get(KEY, 4)
    bucket.delete(KEY)
    bucket.delete(KEY)
    assert bucket.get(KEY, 10) is None


def test_presigned_url_reads_one_object_until_it_expires(bucket: Objects, objects: EmbeddedObjects) -> None:
    bucket.put(KEY, b"hello", "image/jpeg")
    bucket.put("other", b"secret", "image/jpeg")
    url = bucket.url(KEY)
    assert (objects.fetch(url).status, objects.fetch(url).body) == (200, b"hello")
    assert objects.fetch(url).headers["content-type"] == "image/jpeg"
    query = urlsplit(url).query
    assert code(objects.fetch(url.partition("?")[0])) == "AccessDenied"
    assert code(objects.fetch(f"https://{BUCKET}.s3.us-east-1.amazonaws.com/other?{query}")) == "SignatureDoesNotMatch"
    later(objects.service, seconds=settings().photo_url_s + 2)
    assert (objects.fetch(url).status, objects.fetch(url).body.count(b"hello")) == (403, 0)
    assert b"expired" in objects.fetch(url).body


def test_no_part_of_an_address_can_be_changed(bucket: Objects, objects: EmbeddedObjects) -> None:
    bucket.put("a", b"hello", "image/jpeg")
    address, _, query = bucket.url("a").partition("?")
    known = dict(parse_qsl(query))
    changes = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA1",
        "X-Amz-Credential": "somebody/20260101/us-east-1/s3/aws4_request",
        "X-Amz-Date": "20260101T000000Z",
        "X-Amz-Expires": "604800",
        "X-Amz-SignedHeaders": "",
        "X-Amz-Signature": "0" * 64,
        "response-content-disposition": "inline",
    }
    assert set(changes) == set(known)
    for name, value in changes.items():
        for other in ({**known, name: value}, {one: known[one] for one in known if one != name}):
            assert objects.fetch(f"{address}?{urlencode(other)}").status in (400, 403), other
    for expires in ("-1", "0", "604801", "x", "9" * 20):
        assert objects.fetch(f"{address}?{urlencode({**known, 'X-Amz-Expires': expires})}").status in (400, 403)
    assert objects.fetch(f"{address}?{urlencode(known)}").status == 200


def test_calls_have_to_be_signed_by_this_process(service: ObjectService) -> None:
    assert called(service, "GET", f"{BUCKET}/a").body == b"1"
    assert code(called(service, "GET", f"{BUCKET}/a", who=Credentials("me", "another"))) == "SignatureDoesNotMatch"
    assert code(called(service, "GET", f"{BUCKET}/a", who=Credentials("you", "my secret"))) == "InvalidAccessKeyId"
    assert code(called(service, "GET", f"{BUCKET}/a", authorization="Bearer x")) == "AccessDenied"
    assert code(called(service, "GET", f"{BUCKET}/a", host="elsewhere")) == "SignatureDoesNotMatch"
    assert code(called(service, "GET", f"{BUCKET}/a", x_amz_date="nonsense")) == "AccessDenied"
    assert service.handle("HEAD", f"{BASE}/{BUCKET}/a", {}).status == 403


def test_signature_covers_the_body_and_expires_after_15_minutes(service: ObjectService) -> None:
    assert called(service, "PUT", f"{BUCKET}/b", b"2").status == 200
    other = hashlib.sha256(b"other").hexdigest()
    assert called(service, "PUT", f"{BUCKET}/b", b"2", x_amz_content_sha256=other).status in (400, 403)
    later(service, minutes=16)
    assert b"expired" in called(service, "GET", f"{BUCKET}/a").body


def test_missing_objects_get_the_error_codes_of_s3(service: ObjectService) -> None:
    assert code(called(service, "GET", f"{BUCKET}/nothing")) == "NoSuchKey"
    assert code(called(service, "GET", "no-bucket/a")) == "NoSuchBucket"
    assert code(called(service, "GET", BUCKET)) == "NotImplemented"
    assert code(called(service, "PATCH", f"{BUCKET}/a")) == "MethodNotAllowed"
    assert code(service.handle("GET", "http://127.0.0.1:8000/_s3", {})) == "NotImplemented"


def policy(*conditions: object, ends: str = "2099-01-01T00:00:00Z") -> dict[str, Any]:
    known = ["x-amz-credential", "x-amz-date"]
    return {
        "expiration": ends,
        "conditions": [*(["starts-with", f"${name}", ""] for name in known), {"bucket": BUCKET}, *conditions],
    }


def test_a_form_puts_what_its_policy_allows(service: ObjectService) -> None:
    assert posted(service, policy(["starts-with", "$key", "in/"]), key="in/1").status == 204
    assert posted(service, policy(["eq", "$key", "in/2"], ["content-length-range", 1, 5]), key="in/2").status == 204
    assert posted(service, policy({"key": "in/3"}), key="in/3", **{"x-ignore-me": "1"}).status == 204
    assert service.store.keys(BUCKET) == ["a", "in/1", "in/2", "in/3"]


def test_a_form_puts_nothing_that_its_policy_does_not_allow(service: ObjectService) -> None:
    anywhere = ["starts-with", "$key", ""]
    refused = [
        (posted(service, policy(["starts-with", "$key", "in/"]), key="out"), "AccessDenied"),
        (posted(service, policy({"key": "in"}), key="out"), "AccessDenied"),
        (posted(service, policy(anywhere), key="k", acl="public-read"), "AccessDenied"),
        (posted(service, policy(), key="k"), "AccessDenied"),
        (posted(service, policy(anywhere, {"bucket": "another"}), key="k"), "AccessDenied"),
        (posted(service, policy(anywhere, ends="2026-01-01T00:00:00Z"), key="k"), "AccessDenied"),
        (posted(service, policy(anywhere, ["content-length-range", 1, 4]), key="k"), "EntityTooLarge"),
        (posted(service, policy(anywhere, ["content-length-range", 6, 9]), key="k"), "EntityTooSmall"),
        (posted(service, policy(anywhere, ["unheard of"]), key="k"), "InvalidPolicyDocument"),
        (posted(service, b"bm90IGpzb24=", key="k"), "InvalidPolicyDocument"),
        (posted(service, policy(anywhere), key="k", policy="e30="), "SignatureDoesNotMatch"),
    ]
    assert [code(answer) for answer, _ in refused] == [expected for _, expected in refused]
    assert service.store.keys(BUCKET) == ["a"]


def test_malformed_form_is_rejected(service: ObjectService) -> None:
    def sent(content_type: str, body: bytes) -> str:
        return code(service.handle("POST", f"{BASE}/{BUCKET}", {"content-type": content_type}, body))

    assert sent("multipart/form-data; boundary=x", b"nonsense") == "MalformedPOSTRequest"
    assert sent(*form(Field("key", "k"))) == "InvalidArgument"
    assert sent(*form(Field("key", "k"), Field("file", b"1", "a"))) == "InvalidAccessKeyId"


def test_objects_in_a_file_survive_a_restart(tmp_path: Path) -> None:
    path = str(tmp_path / "deep" / "objects")
    first = ObjectStore(path)
    first.make_bucket(BUCKET)
    first.put(BUCKET, "a", Held(b"1", "text/plain"))
    first.close()
    second = ObjectStore(path)
    assert second.has_bucket(BUCKET)
    assert second.get(BUCKET, "a") == Held(b"1", "text/plain")
    second.close()


class Away(Objects):
    """A bucket that throttles all calls."""

    @property
    def _client(self) -> Any:
        return self

    def _throttled(self, **_: object) -> None:
        raise ClientError({"Error": {"Code": "SlowDown"}}, "any")

    put_object = get_object = head_object = delete_object = _throttled


def test_a_bucket_that_does_not_answer_makes_the_service_unavailable() -> None:
    away = Away(settings())
    calls: list[Callable[[], object]] = [
        partial(away.put, "a", b"", "x"),
        partial(away.get, "a", 1),
        partial(away.exists, "a"),
        partial(away.delete, "a"),
    ]
    for call in calls:
        with pytest.raises(Unavailable):
            call()


def test_calls_to_other_services_are_passed_through(objects: EmbeddedObjects) -> None:
    assert client("dynamodb").list_tables()["TableNames"]

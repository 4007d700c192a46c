"""An embedded S3: what the local stack and the tests stand on when no endpoint is named.

It knows what Baton does with a bucket and nothing else: put, get, head and delete an object, presigned addresses, and
forms that put one. Whatever comes has to be signed (`objects_signature`), which is why it is not moto's: that one looks
at no signature and at no expiry, and an address that never stops working proves nothing.

    EmbeddedObjects     answers the calls of this process without a network, to S3 at AWS or to an address of its own
    ObjectService       answers one request; the local stack serves it on its port to its clients (`gateway_objects`)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Self
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials
from botocore.endpoint import Endpoint
from botocore.session import get_session

from chalicelib.core.errors import MalformedForm
from chalicelib.edge.forms import parse_form
from infra.local.engine_patches import replaced
from infra.local.objects_signature import Refused, Signatures
from infra.local.objects_store import IN_MEMORY, Held, ObjectStore

_HOST = re.compile(r"(?:(?P<bucket>[a-z0-9.-]+)\.)?s3\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")
_ANY_TYPE = "binary/octet-stream"


@dataclass(frozen=True, slots=True)
class ObjectAnswer:
    """What S3 answers."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class ObjectService:
    """S3 over a store; addresses name the bucket in their host, as at AWS, or in their path, below `prefix`."""

    def __init__(
        self,
        store: ObjectStore,
        *,
        prefix: str = "",
        credentials: Callable[[], Credentials] | None = None,
    ) -> None:
        self.store = store
        self.signatures = Signatures(credentials or OwnCredentials(), _now)
        self._prefix = prefix

    def handle(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> ObjectAnswer:
        """Answer one request; names of headers in lower case, the address as it was sent. Does not raise."""
        try:
            return self._answer(method, url, headers, body)
        except Refused as refused:
            text = f"<Error><Code>{refused.code}</Code><Message>{escape(refused.message)}</Message></Error>"
            told = b"" if method == "HEAD" else text.encode()
            return ObjectAnswer(refused.status, {"content-type": "application/xml"}, told)

    def _answer(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> ObjectAnswer:
        bucket, key = self._place(url)
        if method == "POST" and not key:
            return self._post(bucket, headers, body)
        self.signatures.check(method, url, headers, body)
        if method == "PUT" and not key:
            self.store.make_bucket(bucket)
            return ObjectAnswer(200)
        self._must_exist(bucket)
        if not key:
            raise Refused("NotImplemented", "Nothing is known of that", 501)
        if method == "PUT":
            held = Held(body, headers.get("content-type", _ANY_TYPE))
            self.store.put(bucket, key, held)
            return ObjectAnswer(200, {"etag": held.etag})
        if method == "DELETE":
            self.store.delete(bucket, key)
            return ObjectAnswer(204)
        return self._read(method, bucket, key)

    def _read(self, method: str, bucket: str, key: str) -> ObjectAnswer:
        if method not in ("GET", "HEAD"):
            raise Refused("MethodNotAllowed", "Nothing is known of that", 405)
        held = self.store.get(bucket, key)
        if held is None:
            raise Refused("NoSuchKey", "The specified key does not exist.", 404)
        headers = {"content-type": held.content_type, "etag": held.etag, "content-length": str(len(held.content))}
        return ObjectAnswer(200, headers, held.content if method == "GET" else b"")

    def _post(self, bucket: str, headers: Mapping[str, str], body: bytes) -> ObjectAnswer:
        """A form that puts a file."""
        try:
            parts = parse_form(headers.get("content-type", ""), body)
        except MalformedForm as error:
            raise Refused("MalformedPOSTRequest", "The form cannot be read", 400) from error
        fields = {part.name.lower(): part.content.decode("utf-8", "replace") for part in parts if part.name != "file"}
        files = [part.content for part in parts if part.name == "file"]
        if len(files) != 1:
            raise Refused("InvalidArgument", "POST requires exactly one file upload per request.", 400)
        self.signatures.check_form(fields, bucket, len(files[0]))
        self._must_exist(bucket)
        self.store.put(bucket, fields["key"], Held(files[0], fields.get("content-type", _ANY_TYPE)))
        return ObjectAnswer(204)

    def _must_exist(self, bucket: str) -> None:
        if not self.store.has_bucket(bucket):
            raise Refused("NoSuchBucket", "The specified bucket does not exist", 404)

    def _place(self, url: str) -> tuple[str, str]:
        """Bucket and key of an address; an empty key means the bucket itself."""
        parts = urlsplit(url)
        host = _HOST.fullmatch(parts.hostname or "")
        if host is not None and host["bucket"]:
            return host["bucket"], unquote(parts.path.removeprefix("/"))
        bucket, _, key = parts.path.removeprefix(self._prefix).removeprefix("/").partition("/")
        if not bucket:
            raise Refused("NotImplemented", "Buckets are not listed", 501)
        return unquote(bucket), unquote(key)


class Died(Exception):
    """As when the process ends between a call and its answer."""


class EmbeddedObjects(AbstractContextManager["EmbeddedObjects"]):
    """An S3 inside this process, for every client of botocore in it; `service` also answers presigned addresses.

    While it runs, calls to S3 at AWS, and to everything below the address `base`, are answered here, and all others go
    their way. It needs credentials of some kind, such as an embedded engine makes up. `path` is the file that keeps
    the objects.
    """

    def __init__(self, *buckets: str, base: str = "", path: str = IN_MEMORY) -> None:
        self.service = ObjectService(ObjectStore(path), prefix=urlsplit(base).path)
        self._base = base
        self.dies_at: str | None = None
        """The part of an address at whose next call this process "dies": it is carried out and never answered."""
        self._stack = ExitStack()
        for bucket in buckets:
            self.service.store.make_bucket(bucket)

    def __enter__(self) -> Self:
        self._stack.enter_context(replaced(Endpoint, "_send", self._intercepting(vars(Endpoint)["_send"])))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        self.service.store.close()

    def clear(self) -> None:
        """Remove all objects, for the next test, which may be another person at another time."""
        self.service.store.clear()
        self.service.signatures = Signatures(OwnCredentials(), _now)
        self.dies_at = None

    def fetch(self, url: str, method: str = "GET") -> ObjectAnswer:
        """What anybody gets who opens an address."""
        return self.service.handle(method, url, {})

    def post(self, url: str, content_type: str, body: bytes) -> ObjectAnswer:
        """What anybody gets who posts a form."""
        return self.service.handle("POST", url, {"content-type": content_type}, body)

    def keys(self, bucket: str) -> list[str]:
        """What is in a bucket."""
        return self.service.store.keys(bucket)

    def _intercepting(self, send: Callable[[Endpoint, AWSPreparedRequest], AWSResponse]) -> Any:
        def answer(endpoint: Endpoint, request: AWSPreparedRequest) -> AWSResponse:
            below = bool(self._base) and request.url.startswith(f"{self._base}/")
            if not below and not _HOST.fullmatch(urlsplit(request.url).hostname or ""):
                return send(endpoint, request)
            headers = {name.lower(): _text(value) for name, value in request.headers.items()}
            given = self.service.handle(request.method, request.url, headers, _content(request.body))
            if self.dies_at is not None and self.dies_at in f"{request.method} {request.url}":
                self.dies_at = None
                raise Died
            told = HTTPHeaders.from_dict(dict(given.headers))
            return AWSResponse(request.url, given.status, told, _Body(given.body))

        return answer


class _Body(BytesIO):
    """The body of a response, as botocore reads it."""

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


class OwnCredentials:
    """Those with which this process signs its calls; looked for when first needed, since the environment may follow."""

    def __init__(self) -> None:
        self._found: Credentials | None = None

    def __call__(self) -> Credentials:
        """The credentials of this moment; some kinds are renewed now and then."""
        self._found = self._found or get_session().get_credentials()
        if self._found is None:
            raise Refused("AccessDenied", "This process has no credentials")
        frozen = self._found.get_frozen_credentials()
        return Credentials(str(frozen.access_key), str(frozen.secret_key), frozen.token)


def _now() -> datetime:
    return datetime.now(UTC)


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _content(body: Any) -> bytes:
    if hasattr(body, "read"):
        content: bytes = body.read()
        return content
    return body.encode() if isinstance(body, str) else bytes(body or b"")

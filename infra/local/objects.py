"""An embedded S3, which the local stack and the tests use if no endpoint is configured.

It supports the operations that Baton uses: put, get, head and delete an object, presigned URLs, and upload forms. Every
request has to be signed (`objects_signature`). moto's S3 is not used because it checks neither signatures nor expiry.

    EmbeddedObjects     handles the S3 calls of this process without a network, to AWS or to its own URL
    ObjectService       handles one request; the local stack serves it on its port (`gateway_objects`)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit
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
_DISPOSITION = "response-content-disposition"
_DEFAULT_TYPE = "binary/octet-stream"


@dataclass(frozen=True, slots=True)
class ObjectResponse:
    """A response of S3."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class ObjectService:
    """S3 on a store. URLs name the bucket in the host, as at AWS, or in the path below `prefix`."""

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

    def handle(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> ObjectResponse:
        """Handle one request, with header names in lower case and the URL as sent. Errors do not raise."""
        try:
            return self._respond(method, url, headers, body)
        except Refused as refused:
            text = f"<Error><Code>{refused.code}</Code><Message>{escape(refused.message)}</Message></Error>"
            content = b"" if method == "HEAD" else text.encode()
            return ObjectResponse(refused.status, {"content-type": "application/xml"}, content)

    def _respond(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> ObjectResponse:
        bucket, key = self._bucket_and_key(url)
        if method == "POST" and not key:
            return self._post(bucket, headers, body)
        self.signatures.check(method, url, headers, body)
        if method == "PUT" and not key:
            self.store.make_bucket(bucket)
            return ObjectResponse(200)
        self._require_bucket(bucket)
        if not key:
            raise Refused("NotImplemented", "The operation is not implemented", 501)
        if method == "PUT":
            held = Held(body, headers.get("content-type", _DEFAULT_TYPE))
            self.store.put(bucket, key, held)
            return ObjectResponse(200, {"etag": held.etag})
        if method == "DELETE":
            self.store.delete(bucket, key)
            return ObjectResponse(204)
        return self._read(method, bucket, key, parse_qs(urlsplit(url).query))

    def _read(self, method: str, bucket: str, key: str, query: Mapping[str, list[str]]) -> ObjectResponse:
        if method not in ("GET", "HEAD"):
            raise Refused("MethodNotAllowed", "The method is not allowed", 405)
        held = self.store.get(bucket, key)
        if held is None:
            raise Refused("NoSuchKey", "The specified key does not exist.", 404)
        headers = {"content-type": held.content_type, "etag": held.etag, "content-length": str(len(held.content))}
        if _DISPOSITION in query:
            headers["content-disposition"] = query[_DISPOSITION][0]
        return ObjectResponse(200, headers, held.content if method == "GET" else b"")

    def _post(self, bucket: str, headers: Mapping[str, str], body: bytes) -> ObjectResponse:
        """Store the file of an upload form."""
        try:
            parts = parse_form(headers.get("content-type", ""), body)
        except MalformedForm as error:
            raise Refused("MalformedPOSTRequest", "The form is malformed", 400) from error
        fields = {part.name.lower(): part.content.decode("utf-8", "replace") for part in parts if part.name != "file"}
        files = [part.content for part in parts if part.name == "file"]
        if len(files) != 1:
            raise Refused("InvalidArgument", "POST requires exactly one file upload per request.", 400)
        self.signatures.check_form(fields, bucket, len(files[0]))
        self._require_bucket(bucket)
        self.store.put(bucket, fields["key"], Held(files[0], fields.get("content-type", _DEFAULT_TYPE)))
        return ObjectResponse(204)

    def _require_bucket(self, bucket: str) -> None:
        if not self.store.has_bucket(bucket):
            raise Refused("NoSuchBucket", "The specified bucket does not exist", 404)

    def _bucket_and_key(self, url: str) -> tuple[str, str]:
        """Return bucket and key of a URL; the key is empty for the bucket itself."""
        parts = urlsplit(url)
        host = _HOST.fullmatch(parts.hostname or "")
        if host is not None and host["bucket"]:
            return host["bucket"], unquote(parts.path.removeprefix("/"))
        bucket, _, key = parts.path.removeprefix(self._prefix).removeprefix("/").partition("/")
        if not bucket:
            raise Refused("NotImplemented", "Listing buckets is not implemented", 501)
        return unquote(bucket), unquote(key)


class Died(Exception):
    """Simulates that the process ends between a call and its response."""


class EmbeddedObjects(AbstractContextManager["EmbeddedObjects"]):
    """An S3 inside this process, for all botocore clients in it; `service` also handles presigned URLs.

    While it runs, it handles calls to S3 at AWS and to URLs below `base`; all others are sent as usual. It needs
    credentials, such as those of the embedded engine. `path` is the file that keeps the objects.
    """

    def __init__(self, *buckets: str, base: str = "", path: str = IN_MEMORY) -> None:
        self.service = ObjectService(ObjectStore(path), prefix=urlsplit(base).path)
        self._base = base
        self.dies_at: str | None = None
        """If a call's method and URL contain this text, the call is executed and then raises `Died`, once."""
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
        """Remove all objects and reset credentials and clock, for the next test."""
        self.service.store.clear()
        self.service.signatures = Signatures(OwnCredentials(), _now)
        self.dies_at = None

    def fetch(self, url: str, method: str = "GET") -> ObjectResponse:
        """Return the response to an unsigned request for a URL."""
        return self.service.handle(method, url, {})

    def post(self, url: str, content_type: str, body: bytes) -> ObjectResponse:
        """Return the response to a form that is posted without other authorisation."""
        return self.service.handle("POST", url, {"content-type": content_type}, body)

    def keys(self, bucket: str) -> list[str]:
        """Return the keys of a bucket."""
        return self.service.store.keys(bucket)

    def _intercepting(self, send: Callable[[Endpoint, AWSPreparedRequest], AWSResponse]) -> Any:
        def answer(endpoint: Endpoint, request: AWSPreparedRequest) -> AWSResponse:
            is_below_base = bool(self._base) and request.url.startswith(f"{self._base}/")
            if not is_below_base and not _HOST.fullmatch(urlsplit(request.url).hostname or ""):
                return send(endpoint, request)
            headers = {name.lower(): _text(value) for name, value in request.headers.items()}
            response = self.service.handle(request.method, request.url, headers, _content(request.body))
            if self.dies_at is not None and self.dies_at in f"{request.method} {request.url}":
                self.dies_at = None
                raise Died
            response_headers = HTTPHeaders.from_dict(dict(response.headers))
            return AWSResponse(request.url, response.status, response_headers, _Body(response.body))

        return answer


class _Body(BytesIO):
    """A response body in the form that botocore reads."""

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


class OwnCredentials:
    """The credentials of this process, read at first use, because the environment may be set later."""

    def __init__(self) -> None:
        self._credentials: Credentials | None = None

    def __call__(self) -> Credentials:
        """Return the current credentials; some kinds are renewed from time to time."""
        self._credentials = self._credentials or get_session().get_credentials()
        if self._credentials is None:
            raise Refused("AccessDenied", "This process has no credentials")
        frozen = self._credentials.get_frozen_credentials()
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

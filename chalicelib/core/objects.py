"""Files in an S3 bucket, and presigned URLs with which clients read and write them.

The bucket holds photos. A domain chooses the keys and removes objects that no item refers to. A presigned URL can be
used by everybody who has it until it expires; there is no other access.

Traded away: streaming. Files are a few megabytes and are decoded as a whole anyway.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from chalicelib.core import aws
from chalicelib.core.errors import Unavailable
from chalicelib.core.settings import Settings
from chalicelib.core.store import store_errors

_ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})
_READS = frozenset({"get_object", "head_object"})
_TRY_LATER = frozenset({"500", "503", "InternalError", "RequestTimeout", "ServiceUnavailable", "SlowDown"})


class ObjectTooLarge(Exception):
    """The object has more bytes than the caller accepts."""


class UploadForm(msgspec.Struct, frozen=True):
    """The URL and the fields with which a client posts one file as `multipart/form-data`; `file` is the last field."""

    url: str
    fields: Mapping[str, str]


class Objects:
    """The bucket of a deployment. Every call raises `Unavailable` while S3 does not respond or throttles."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Write an object; an existing one is replaced."""
        kept = {"ContentType": content_type, "CacheControl": "private, max-age=86400"}
        self._call("put_object", key, Body=content, **kept)

    def get(self, key: str, max_bytes: int) -> bytes | None:
        """Return the content of an object, or None. Raise `ObjectTooLarge`, before reading, above `max_bytes`."""
        response = self._call("get_object", key)
        if response is None:
            return None
        with store_errors(), response["Body"] as body:
            if response["ContentLength"] > max_bytes:
                raise ObjectTooLarge
            content: bytes = body.read()
        return content

    def exists(self, key: str) -> bool:
        """Return whether the object exists."""
        return self._call("head_object", key) is not None

    def delete(self, key: str) -> None:
        """Remove an object if it exists."""
        self._call("delete_object", key)

    def url(self, key: str) -> str:
        """Return a URL that reads the object for `photo_url_s` seconds. Signs locally, without a call.

        A page can show the object; a browser that opens the URL itself saves it and renders nothing.
        """
        saved_as = f"attachment;filename={key.rpartition('/')[2]}"
        named = {**self._named(key), "ResponseContentDisposition": saved_as}
        url: str = self._client.generate_presigned_url("get_object", Params=named, ExpiresIn=self._settings.photo_url_s)
        return url

    def upload_form(self, key: str, max_bytes: int) -> UploadForm:
        """Return the form with which a client uploads 1 to `max_bytes` bytes within `photo_upload_s` seconds."""
        form = self._client.generate_presigned_post(
            self._settings.photo_bucket,
            key,
            Conditions=[["content-length-range", 1, max_bytes]],
            ExpiresIn=self._settings.photo_upload_s,
        )
        return UploadForm(form["url"], form["fields"])

    @property
    def _client(self) -> Any:
        return aws.client("s3", self._settings.s3_endpoint)

    def _named(self, key: str) -> dict[str, str]:
        return {"Bucket": self._settings.photo_bucket, "Key": key}

    def _call(self, operation: str, key: str, **request: Any) -> Any:
        """Return the response of S3; None if the object to be read does not exist."""
        try:
            with store_errors():
                return getattr(self._client, operation)(**self._named(key), **request)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code")
            if code in _ABSENT and operation in _READS:
                return None
            if code in _TRY_LATER:
                raise Unavailable from error
            raise

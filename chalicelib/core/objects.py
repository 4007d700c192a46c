"""Files: an S3 bucket, and addresses with which clients read and write it themselves for a while.

What a transaction cannot hold lies here: photos. A domain says under which keys, and sees to it that no object stays
that nothing in the store speaks of; here is only how to reach them. Whoever has a presigned address can use it until
it expires, and nobody else can read or write anything.

Traded away: nothing is streamed. All that is put or read here is a few megabytes and gets decoded anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from chalicelib.core import aws
from chalicelib.core.errors import Unavailable
from chalicelib.core.settings import Settings
from chalicelib.core.store import store_errors

_ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})
_TRY_LATER = frozenset({"500", "503", "InternalError", "RequestTimeout", "ServiceUnavailable", "SlowDown"})


class ObjectTooLarge(Exception):
    """An object has more bytes than whoever asked for it wants to read."""


class UploadForm(msgspec.Struct, frozen=True):
    """Where and with which fields a client posts one file, as `multipart/form-data`, `file` being its last field."""

    url: str
    fields: Mapping[str, str]


class Objects:
    """The bucket of a deployment. Every call raises `Unavailable` while S3 does not answer or throttles."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Write an object; one that is there already is replaced."""
        with _s3_errors():
            self._client.put_object(
                **self._named(key), Body=content, ContentType=content_type, CacheControl="private, max-age=86400"
            )

    def get(self, key: str, most: int) -> bytes | None:
        """The content of an object, or None. Raises `ObjectTooLarge`, before it is read, above `most` bytes."""
        with _s3_errors():
            try:
                found = self._client.get_object(**self._named(key))
            except ClientError as error:
                _must_be_absent(error)
                return None
            with found["Body"] as body:
                if found["ContentLength"] > most:
                    raise ObjectTooLarge
                content: bytes = body.read()
        return content

    def exists(self, key: str) -> bool:
        """Whether there is such an object."""
        with _s3_errors():
            try:
                self._client.head_object(**self._named(key))
            except ClientError as error:
                _must_be_absent(error)
                return False
        return True

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is fine."""
        with _s3_errors():
            self._client.delete_object(**self._named(key))

    def url(self, key: str) -> str:
        """An address from which the object can be read for `photo_url_s`. Works out a signature, calls nobody."""
        made: str = self._client.generate_presigned_url(
            "get_object", Params=self._named(key), ExpiresIn=self._settings.photo_url_s
        )
        return made

    def upload_form(self, key: str, most: int) -> UploadForm:
        """What a client needs to put the object itself, of 1 to `most` bytes, for `photo_upload_s`."""
        made = self._client.generate_presigned_post(
            self._settings.photo_bucket,
            key,
            Conditions=[["content-length-range", 1, most]],
            ExpiresIn=self._settings.photo_upload_s,
        )
        return UploadForm(made["url"], made["fields"])

    @property
    def _client(self) -> Any:
        return aws.client("s3", self._settings.s3_endpoint)

    def _named(self, key: str) -> dict[str, str]:
        return {"Bucket": self._settings.photo_bucket, "Key": key}


def _must_be_absent(error: ClientError) -> None:
    if _code(error) not in _ABSENT:
        raise error


@contextmanager
def _s3_errors() -> Iterator[None]:
    try:
        with store_errors():
            yield
    except ClientError as error:
        if _code(error) in _TRY_LATER:
            raise Unavailable from error
        raise


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code"))

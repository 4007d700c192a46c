"""Idempotency keys: a request that is sent again gets the same response and has no second effect.

The record of a response is written in the transaction that makes the changes, so neither exists without the other. If
ten copies of a request arrive at once, one commits; the transactions of the others fail on the record, and are answered
with the record that made them fail.

Keys are scoped to the caller and kept for a day. Errors are not stored, so a refused request may be sent again. The
response of a batch that asks for some records again is not stored either.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from hmac import compare_digest

import msgspec
from pynamodb.attributes import UnicodeAttribute

from chalicelib.core.errors import IdempotencyKeyReused, ValidationFailed
from chalicelib.core.store import ItemKey
from chalicelib.core.table import ExpiryAttribute, IntAttribute, Item, expired, key, stored_in
from chalicelib.core.work import RawItem, UnitOfWork

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")


class IdempotencyRecord(Item):
    """The stored response of a request that was carried out."""

    Meta = stored_in("edge")
    kind = "idempotency_record"

    fingerprint = UnicodeAttribute()
    status = IntAttribute()
    body = UnicodeAttribute()
    headers = UnicodeAttribute()
    expires_at = ExpiryAttribute()


class StoredResponse(msgspec.Struct, frozen=True):
    """A response: status, body as sent, and its headers."""

    status: int
    body: str
    headers: dict[str, str]


class Replay(Exception):
    """Raised for a request that was carried out before, with its stored response as it is sent again."""

    def __init__(self, response: StoredResponse) -> None:
        super().__init__("replayed")
        self.response = response


def read_key(header: str | None) -> str | None:
    """Return the key in the header, if any. Raise `ValidationFailed` unless it is 1-255 visible characters."""
    if header is None:
        return None
    if not _VISIBLE.fullmatch(header):
        raise ValidationFailed({HEADER: "must be 1 to 255 visible ASCII characters"})
    return header


class Fingerprint(msgspec.Struct, frozen=True):
    """What equal requests have in common, and how it is sealed: with a key, so a stored one discloses no request.

    A seal begins with the id of its key. After a rotation a request is compared under the key of the stored seal. If
    that key was removed, the request counts as a different one: it is refused, and not carried out again.
    """

    digest: bytes
    seal_with: Callable[[bytes, str | None], str | None]

    def seal(self) -> str:
        """Return the seal under the current key."""
        sealed = self.seal_with(self.digest, None)
        if sealed is None:
            raise RuntimeError("the current key is missing")
        return sealed

    def fits(self, stored: str) -> bool:
        """Return whether a stored seal is that of the same request."""
        kid, separator, _ = stored.rpartition(":")
        sealed = self.seal_with(self.digest, kid) if separator else None
        return sealed is not None and compare_digest(sealed, stored)


class IdempotentRequest(msgspec.Struct, frozen=True):
    """A request with an idempotency key: the key of its record, and its fingerprint."""

    key: ItemKey[IdempotencyRecord]
    fingerprint: Fingerprint


def digest(*parts: str | bytes) -> bytes:
    """Return a hash of these parts, which differs for different parts."""
    result = hashlib.sha256()
    for part in parts:
        raw = part if isinstance(part, bytes) else part.encode()
        result.update(len(raw).to_bytes(8, "big") + raw)
    return result.digest()


def record_key(org_id: str, user_id: str, idempotency_key: str) -> ItemKey[IdempotencyRecord]:
    """Return the key of the record of a caller's idempotency key."""
    return ItemKey(IdempotencyRecord, key(org_id, "IDEMPOTENCY", user_id, idempotency_key), "RECORD")


def check_record(record: IdempotencyRecord | None, fingerprint: Fingerprint, now: datetime) -> None:
    """Raise `Replay` if the record is that of this request, `IdempotencyKeyReused` if it is that of another one."""
    if record is None or expired(record.expires_at, now):
        return
    if not fingerprint.fits(record.fingerprint):
        raise IdempotencyKeyReused
    headers = msgspec.json.decode(record.headers, type=dict[str, str])
    raise Replay(StoredResponse(record.status, record.body, headers | {REPLAYED: "true"}))


def store_response(
    work: UnitOfWork,
    item_key: ItemKey[IdempotencyRecord],
    fingerprint: Fingerprint,
    response: StoredResponse,
    keep: timedelta,
) -> None:
    """Stage the record of a response, to be committed with the changes that the response reports."""
    record = item_key.new(
        fingerprint=fingerprint.seal(),
        status=response.status,
        body=response.body,
        headers=msgspec.json.encode(response.headers).decode(),
        expires_at=work.now + keep,
    )
    expired_record = IdempotencyRecord.expires_at <= work.now
    work.create(
        record,
        lambda raw: _conflict(raw, fingerprint, work.now),
        unless=expired_record,
        final=True,
        audited=False,
    )


def _conflict(raw: RawItem | None, fingerprint: Fingerprint, now: datetime) -> Exception:
    """Return the replay of a request that was committed with the same key meanwhile, or the error if it differs."""
    record = IdempotencyRecord.from_raw_data(dict(raw)) if raw else None
    try:
        check_record(record, fingerprint, now)
    except (Replay, IdempotencyKeyReused) as error:
        return error
    return IdempotencyKeyReused()

"""Idempotency keys: the same request sent again gets the same answer, and no second effect.

The record of an answer is written in the transaction that did what the answer says, so there is no moment at which
one exists without the other. When ten copies of a request arrive at once, one commits; the others' transactions are
refused on the record, and the record that made them fail *is* their answer.

Keys are scoped to the caller and kept for a day. Errors are not stored: a refused request may be tried again. Nor is
the answer of a batch that asks for some of it again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
from pynamodb.attributes import UnicodeAttribute

from chalicelib.core.errors import IdempotencyKeyReused, ValidationFailed
from chalicelib.core.store import ItemKey
from chalicelib.core.table import ExpiryAttribute, IntAttribute, Item, TableName, expired, key
from chalicelib.core.work import RawItem, UnitOfWork

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")


class IdempotencyRecord(Item):
    """The answer to a request that was carried out."""

    class Meta:
        table_name = TableName("edge")

    kind = "idempotency_record"

    fingerprint = UnicodeAttribute()
    status = IntAttribute()
    body = UnicodeAttribute()
    headers = UnicodeAttribute()
    expires_at = ExpiryAttribute()


class StoredResponse(msgspec.Struct, frozen=True):
    """What was answered: status, body as sent, and the headers that belong to it."""

    status: int
    body: str
    headers: dict[str, str]


class Replay(Exception):
    """This request was carried out before; here is its answer."""

    def __init__(self, response: StoredResponse) -> None:
        super().__init__("replayed")
        self.response = response


def read_key(header: str | None) -> str | None:
    """The key in the header, if there is one. Raises `ValidationFailed` unless it is 1-255 visible characters."""
    if header is None:
        return None
    if not _VISIBLE.fullmatch(header):
        raise ValidationFailed({HEADER: "must be 1 to 255 visible ASCII characters"})
    return header


def fingerprint(method: str, address: str, if_match: str, body: bytes) -> str:
    """What makes two requests the same request."""
    digest = hashlib.sha256()
    for part in (method.encode(), address.encode(), if_match.encode(), body):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def record_key(org_id: str, user_id: str, idempotency_key: str) -> ItemKey[IdempotencyRecord]:
    """Where the record of a caller's key is."""
    return ItemKey(IdempotencyRecord, key(org_id, "IDEMPOTENCY", user_id, idempotency_key), "RECORD")


def stored_response(record: IdempotencyRecord | None, wanted: str, now: datetime) -> StoredResponse | None:
    """The stored answer to the request with fingerprint `wanted`, or None. Raises `IdempotencyKeyReused`."""
    if record is None or expired(record.expires_at, now):
        return None
    if record.fingerprint != wanted:
        raise IdempotencyKeyReused
    headers = msgspec.json.decode(record.headers, type=dict[str, str])
    return StoredResponse(record.status, record.body, headers)


def store_response(
    work: UnitOfWork, where: ItemKey[IdempotencyRecord], wanted: str, answer: StoredResponse, keep: timedelta
) -> None:
    """Stage the record beside what the answer says was done."""
    record = IdempotencyRecord(
        where.pk,
        where.sk,
        fingerprint=wanted,
        status=answer.status,
        body=answer.body,
        headers=msgspec.json.encode(answer.headers).decode(),
        expires_at=work.now + keep,
    )
    over = IdempotencyRecord.expires_at <= work.now
    work.create(record, lambda raw: _lost(raw, wanted, work.now), unless=over, final=True, audited=False)


def _lost(raw: RawItem | None, wanted: str, now: datetime) -> Exception:
    """The same key was committed by somebody else a moment ago: replay, or refuse the other request."""
    record = IdempotencyRecord.from_raw_data(dict(raw)) if raw else None
    try:
        response = stored_response(record, wanted, now)
    except IdempotencyKeyReused as reused:
        return reused
    return Replay(response) if response else IdempotencyKeyReused()


def replayed(answer: StoredResponse) -> Mapping[str, str]:
    """The headers of a stored answer when it is given again."""
    return {**answer.headers, REPLAYED: "true"}

"""What of the demo data is finished, so that a start that was interrupted is completed by the next one.

The time of the first start is stored with the organisation, in one transaction; that time sets the clock of the
stories. A finished story has a record. An unfinished one is played again, with idempotency keys that repeat: for that
the records of its calls are kept for years, and sealed with a key that is the same at each start. The key is used only
while a story is played, before the stack serves anybody.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from msgspec.structs import replace

from chalicelib.core.clock import from_millis, to_millis
from chalicelib.core.settings import Secret, Settings
from chalicelib.core.store import ItemKey, get
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.idempotency import IdempotencyRecord, record_key
from infra.local.demo_people import DEMO

_ACTOR = "system:demo"
_BEGUN = "begun"
_KEPT = timedelta(days=10 * 365)
_KEYS = json.dumps({"current": "demo", "keys": {"demo": "signs only while the demo data is made"}})
_UNLIMITED = 1_000_000


def begin(work: UnitOfWork) -> None:
    """Stage the record that the demo data is begun now."""
    work.create(_record(_key(_BEGUN), work.now), audited=False)


def begun_at() -> datetime | None:
    """Return when the demo data was begun; None if an earlier version has made it, or something else."""
    record = get(_key(_BEGUN))
    return None if record is None else from_millis(int(record.body))


def is_finished(part: str) -> bool:
    """Return whether a part of the demo data is finished."""
    return get(_key(part)) is not None


def finish(part: str, now: datetime) -> None:
    """Store that a part is finished."""
    _record(_key(part), now).save()


def repeatable(settings: Settings) -> Settings:
    """Return the settings with which a story may be played again."""
    return replace(
        settings,
        token_keys=Secret(_KEYS),
        idempotency_s=int(_KEPT.total_seconds()),
        logins_per_minute=_UNLIMITED,
        address_logins_per_minute=_UNLIMITED,
    )


def _key(part: str) -> ItemKey[IdempotencyRecord]:
    return record_key(DEMO.org_id, _ACTOR, part)


def _record(key: ItemKey[IdempotencyRecord], now: datetime) -> IdempotencyRecord:
    return key.new(fingerprint="-", status=200, body=str(to_millis(now)), headers="{}", expires_at=now + _KEPT)

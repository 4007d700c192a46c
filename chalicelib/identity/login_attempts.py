"""What is kept of tries: how often, which failed, and the tokens with which somebody may choose a new password.

They share the table of people (`tables.py`), are read and written only around signing in, and go by themselves.
"""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import ListAttribute, UnicodeAttribute

from chalicelib.core.store import ItemKey
from chalicelib.core.table import Entity, ExpiryAttribute, IntAttribute, Item, MomentAttribute, TableName, key, optional


class _Meta:
    table_name = TableName("identity")


class Tries(Item):
    """How often something was tried within one minute: an item for each minute."""

    class Meta(_Meta):
        pass

    kind = "tries"

    tries = IntAttribute()
    expires_at = ExpiryAttribute()


class Failures(Item):
    """When a wrong password came for one name or one person: an item for each stretch of time."""

    class Meta(_Meta):
        pass

    kind = "failures"

    at_ms = ListAttribute[Any](of=IntAttribute)
    expires_at = ExpiryAttribute()


class ResetToken(Entity):
    """A token that lets somebody choose a new password, by the hash of its secret.

    It counts while nobody's sessions have been ended since (`epoch` is the person's own), so one that is used voids all
    others. Names that nobody has get one too, which nobody is told, so that the same is done for them.
    """

    class Meta(_Meta):
        pass

    kind = "reset_token"

    org_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    epoch = IntAttribute()
    spent_at = optional(MomentAttribute())
    expires_at = ExpiryAttribute()


def tries_key(scope: str, subject: str, minute: int) -> ItemKey[Tries]:
    """Where the tries of one minute (counted since the epoch) are; `subject` is a hash."""
    return ItemKey(Tries, key("TRIES", scope, subject, minute), "TRIES")


def failures_key(subject: str, stretch: int) -> ItemKey[Failures]:
    """Where the failures of one stretch of time are; `subject` is a hash."""
    return ItemKey(Failures, key("FAILURES", subject, stretch), "FAILURES")


def reset_key(token_hash: str) -> ItemKey[ResetToken]:
    """Where a reset token is, by the hash of its secret."""
    return ItemKey(ResetToken, key("RESET", token_hash), "RESET")

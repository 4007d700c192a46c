"""The endpoints of forgotten and changed passwords."""

from __future__ import annotations

from chalicelib.core.messages import OutboundMessage
from chalicelib.identity.accounts.passwords import hash_password, matches
from tests.benchmarks.stage import Hit, Stage

PASSWORD, NEW = "correct horse battery staple", "staple battery horse correct"
_HASH = hash_password(PASSWORD)


def forgot(stage: Stage) -> Hit:
    """Somebody asks for a reset token; the letter is thrown away."""
    _casey(stage)
    return Hit("POST", "/v1/auth/forgot-password", body={"identifier": "casey"}, status=204)


def reset(stage: Stage) -> Hit:
    """Somebody uses the token that they were sent."""
    _casey(stage)
    letters: list[OutboundMessage] = stage.world.message_queue.queued
    stage.world.call("POST", "/v1/auth/forgot-password", {"identifier": "casey"})
    token = max(letters[-1].text.split(), key=len)
    return Hit("POST", "/v1/auth/reset-password", body={"token": token, "newPassword": NEW}, status=204)


def change(stage: Stage) -> Hit:
    """Somebody changes their own password."""
    person = stage.world.person("customer", password_hash=_HASH)
    body = {"currentPassword": PASSWORD, "newPassword": NEW}
    return Hit("POST", "/v1/me/password", person, body, status=204)


def check_and_hash() -> None:
    """What argon2 does for a change."""
    matches(_HASH, PASSWORD)
    hash_password(NEW)


def hash_new() -> None:
    """What argon2 does for a reset."""
    hash_password(NEW)


def _casey(stage: Stage) -> None:
    stage.world.person("customer", username="casey", email="casey@example.org", password_hash=_HASH)


PASSWORDS = (
    ("POST auth/forgot-password", forgot, None),
    ("POST auth/reset-password", reset, hash_new),
    ("POST /v1/me/password", change, check_and_hash),
)

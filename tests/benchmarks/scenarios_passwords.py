"""The endpoints of password resets and changes."""

from __future__ import annotations

from chalicelib.core.messages import OutboundMessage
from chalicelib.identity.accounts.passwords import hash_password, matches
from tests.benchmarks.stage import Hit, Stage

PASSWORD, NEW = "correct horse battery staple", "staple battery horse correct"
_HASH = hash_password(PASSWORD)


def forgot(stage: Stage) -> Hit:
    """Request a reset token; the message is discarded."""
    _casey(stage)
    return Hit("POST", "/v1/auth/forgot-password", body={"identifier": "casey"}, status=204)


def reset(stage: Stage) -> Hit:
    """Reset a password with the token that was sent."""
    _casey(stage)
    messages: list[OutboundMessage] = stage.world.message_queue.queued
    stage.world.call("POST", "/v1/auth/forgot-password", {"identifier": "casey"})
    token = max(messages[-1].text.split(), key=len)
    return Hit("POST", "/v1/auth/reset-password", body={"token": token, "newPassword": NEW}, status=204)


def change(stage: Stage) -> Hit:
    """Change one's own password."""
    person = stage.world.person("customer", password_hash=_HASH)
    body = {"currentPassword": PASSWORD, "newPassword": NEW}
    return Hit("POST", "/v1/me/password", person, body, status=204)


def check_and_hash() -> None:
    """Hash as often as a password change and a reset do: the new password must not be the present one."""
    matches(_HASH, PASSWORD)
    hash_password(NEW)


def _casey(stage: Stage) -> None:
    stage.world.person("customer", username="casey", email="casey@example.org", password_hash=_HASH)


PASSWORDS = (
    ("POST auth/forgot-password", forgot, None),
    # One more than usual: what the user does as a courier is read.
    ("POST auth/reset-password", reset, check_and_hash, None, 4),
    ("POST /v1/me/password", change, check_and_hash),
)

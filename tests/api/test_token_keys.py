"""Signing keys from Secrets Manager: caching, rotation, and failures of the service."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError

from chalicelib.core import aws
from chalicelib.core.errors import AuthInvalid, Unavailable
from chalicelib.core.settings import Settings
from chalicelib.identity.sessions.tokens import AccessTokens, Claims
from infra.local.engine import EmbeddedEngine
from tests.builders.time import ManualClock

OLD, NEW = "the old key " * 6, "the new key " * 6
ANNA = Claims("demo", "anna", "courier", "session-1")


class Body:
    """What is left to read of an answer."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        """All of it."""
        yield self._content


class Vault:
    """A Secrets Manager that holds one document."""

    def __init__(self) -> None:
        self.asked_for: list[str] = []
        self.error: str | None = None
        self.put("k1", k1=OLD)

    def put(self, current: str, **keys: str) -> None:
        """Change the document."""
        self.document = json.dumps({"current": current, "keys": keys})

    def answer(self, request: Any, **_: Any) -> AWSResponse:
        """Answer a request before it leaves for the network."""
        self.asked_for.append(json.loads(request.body)["SecretId"])
        content: dict[str, str] = {"SecretString": self.document}
        if self.error is not None:
            content = {"__type": self.error, "message": "not now"}
        raw = Body(json.dumps(content).encode())
        return AWSResponse(request.url, 200 if self.error is None else 400, HTTPHeaders(), raw)


@pytest.fixture
def vault(engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    """The vault that the process's client talks to."""
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    made = Vault()
    events = aws.client("secretsmanager").meta.events
    events.register("before-send.secretsmanager.GetSecretValue", made.answer)
    yield made
    events.unregister("before-send.secretsmanager.GetSecretValue", made.answer)


@pytest.fixture
def clock() -> ManualClock:
    """A clock of one's own."""
    return ManualClock()


@pytest.fixture
def tokens(vault: Vault, clock: ManualClock) -> AccessTokens:
    """A signer without keys in its settings."""
    return AccessTokens(Settings(stage="test"), clock)


def other_process(clock: ManualClock) -> AccessTokens:
    """A signer that has read nothing yet."""
    return AccessTokens(Settings(stage="test"), clock)


def test_keys_of_the_stage_are_read_once(vault: Vault, tokens: AccessTokens) -> None:
    for _ in range(3):
        assert tokens.verify(tokens.sign(ANNA)) == ANNA
    assert vault.asked_for == ["baton-test-token-keys"]


def test_secret_name_can_be_configured(vault: Vault, clock: ManualClock) -> None:
    AccessTokens(Settings(stage="test", token_keys_secret="elsewhere"), clock).sign(ANNA)
    assert vault.asked_for == ["elsewhere"]


def test_removed_key_is_refused_after_five_minutes(vault: Vault, tokens: AccessTokens, clock: ManualClock) -> None:
    token = tokens.sign(ANNA)
    vault.put("k2", k2=NEW)
    clock.advance(minutes=5, milliseconds=1)
    with pytest.raises(AuthInvalid):
        tokens.verify(token)


def test_token_of_newer_key_is_valid_at_once(vault: Vault, tokens: AccessTokens, clock: ManualClock) -> None:
    tokens.sign(ANNA)
    vault.put("k2", k1=OLD, k2=NEW)
    clock.advance(seconds=31)
    newer = other_process(clock).sign(ANNA)
    assert tokens.verify(newer) == ANNA


def test_unknown_key_ids_do_not_cause_a_read_each(vault: Vault, tokens: AccessTokens, clock: ManualClock) -> None:
    vault.put("k9", k9=NEW)
    unknown = other_process(clock).sign(ANNA)
    vault.put("k1", k1=OLD)
    clock.advance(minutes=1)
    vault.asked_for.clear()
    for _ in range(20):
        with pytest.raises(AuthInvalid):
            tokens.verify(unknown)
    assert len(vault.asked_for) == 1


@pytest.mark.parametrize("error", ["ThrottlingException", "AccessDeniedException", "ResourceNotFoundException"])
def test_unavailable_secret_keeps_known_keys(
    vault: Vault, tokens: AccessTokens, clock: ManualClock, error: str
) -> None:
    tokens.sign(ANNA)
    vault.error = error
    clock.advance(minutes=6)
    assert tokens.verify(tokens.sign(ANNA)) == ANNA
    vault.error = None
    vault.put("k2", k2=NEW)
    clock.advance(minutes=6)
    assert tokens.verify(other_process(clock).sign(ANNA)) == ANNA


def test_without_keys_requests_fail(vault: Vault, tokens: AccessTokens) -> None:
    vault.error = "ThrottlingException"
    with pytest.raises((Unavailable, ClientError)):
        tokens.sign(ANNA)
    vault.error = None
    assert tokens.verify(tokens.sign(ANNA)) == ANNA

"""Access tokens: short-lived, signed with HS256, and the ring of keys that sign them and derive refresh tokens.

The algorithm is fixed and the key is named by `kid`, so keys can be rotated: a new key signs, while the old ones still
verify until they are removed from the ring. Times are checked against the injected clock, with 30 s of skew allowed.
A token names a user and a session; the user's permissions are read from the store with every request.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from hmac import compare_digest, digest
from typing import Any

import jwt
import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core import aws, observability
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AuthExpired, AuthInvalid
from chalicelib.core.settings import Secret, Settings, SettingsError
from chalicelib.core.structs import decoder_of

ALGORITHM = "HS256"
ISSUER = "baton"
SKEW = timedelta(seconds=30)
MIN_KEY_BYTES = 32
_KEY_LIFETIME = timedelta(minutes=5)
_MIN_REREAD_INTERVAL = timedelta(seconds=30)
_SEALS = b"baton: seals of requests"
"""What the derived key is for: a seal is no signature of a token, and no token a seal."""
_REFRESH = b"baton: refresh tokens"
"""The purpose of the key that derives refresh tokens; a signature of an access token is never one of them."""
_REQUIRED = ["iss", "aud", "sub", "org", "role", "sid", "iat", "nbf", "exp"]


class KeyDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The configured keys: the one that signs, and all that verify.

    The document also holds the proofs of the distribution in front of the API, so that one read returns both: none
    without a custom domain, one with it, two during a rotation. CloudFormation reads each by its name.
    """

    current: str
    keys: dict[str, str]
    proof_a: str = ""
    proof_b: str = ""

    @property
    def proofs(self) -> list[str]:
        """Return the proofs that are set."""
        return [proof for proof in (self.proof_a, self.proof_b) if proof]


class Claims(msgspec.Struct, frozen=True):
    """The claims of a verified access token."""

    org_id: str
    user_id: str
    role: str
    session_id: str


class KeyRing:
    """The signing keys, from the environment or from Secrets Manager.

    The secret is read again every five minutes, and sooner (at most twice a minute) for a token with an unknown key id.
    While it cannot be read or is invalid, the keys that were read before stay in use.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._document: KeyDocument | None = None
        self._read_at: datetime | None = None

    def document(self) -> KeyDocument:
        """Return the keys. Raise `SettingsError` if there are none or one is too short to be safe."""
        if self._document is None or self._older_than(_KEY_LIFETIME):
            self._document = self._read()
        return self._document

    def key(self, name: str) -> str:
        """Return the key with this id. Raise `KeyError` if there is none."""
        if name not in self.document().keys and self._older_than(_MIN_REREAD_INTERVAL):
            self._document = self._read()
        return self.document().keys[name]

    def seal(self, message: bytes, kid: str | None = None) -> str | None:
        """Return `KID:HMAC` of a message under a key derived from the key with this id, by default the current one.

        None if the ring has no such key.
        """
        name = self.document().current if kid is None else kid
        try:
            derived = digest(self.key(name).encode(), _SEALS, "sha256")
        except KeyError:
            return None
        return f"{name}:{digest(derived, message, 'sha256').hex()}"

    def proves(self, offered: Secret) -> bool:
        """Return whether this is one of the proofs. Compares in constant time; without keys, returns False."""
        try:
            proofs = self.document().proofs
        except (BotoCoreError, ClientError, SettingsError):
            observability.log().exception("proofs could not be read")
            return False
        candidate = offered.reveal().encode(errors="replace")
        matches = [compare_digest(candidate, proof.encode()) for proof in proofs]  # compare all: constant time
        return any(matches)

    def _older_than(self, age: timedelta) -> bool:
        from_secret = not self._settings.token_keys
        return from_secret and self._read_at is not None and self._clock.now() - self._read_at > age

    def _read(self) -> KeyDocument:
        self._read_at = self._clock.now()
        try:
            return _parse(self._text())
        except (BotoCoreError, ClientError, SettingsError):
            if self._document is None:
                raise
            observability.log().exception("signing keys could not be read again")
            return self._document

    def _text(self) -> str:
        if self._settings.token_keys:
            return self._settings.token_keys.reveal()
        name = self._settings.key_secret
        return str(aws.client("secretsmanager").get_secret_value(SecretId=name).get("SecretString", ""))


def _parse(text: str) -> KeyDocument:
    name = "BATON_TOKEN_KEYS (or the secret that BATON_TOKEN_KEYS_SECRET names)"
    try:
        document: KeyDocument = decoder_of(KeyDocument).decode(text)
    except msgspec.MsgspecError as error:
        raise SettingsError(f'{name} must be {{"current": KID, "keys": {{KID: SECRET}}}}') from error
    if document.current not in document.keys:
        raise SettingsError(f"{name}: the current key is not among the keys")
    if any(len(secret.encode()) < MIN_KEY_BYTES for secret in (*document.keys.values(), *document.proofs)):
        raise SettingsError(f"{name}: every key and proof must have at least {MIN_KEY_BYTES} bytes")
    return document


class AccessTokens:
    """Signs and verifies access tokens."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._clock = clock
        self._ring = KeyRing(settings, clock)
        self._audience = f"baton-{settings.stage}"
        self._lifetime = timedelta(seconds=settings.access_token_s)

    def sign(self, claims: Claims, lifetime: timedelta | None = None) -> str:
        """Return an access token that is valid from now on, for `lifetime` or the time of the settings."""
        ring, now = self._ring.document(), self._clock.now()
        payload = {
            "iss": ISSUER,
            "aud": self._audience,
            "sub": claims.user_id,
            "org": claims.org_id,
            "role": claims.role,
            "sid": claims.session_id,
            "iat": int(now.timestamp()),
            "nbf": int(now.timestamp()),
            "exp": int((now + (lifetime or self._lifetime)).timestamp()),
        }
        return jwt.encode(payload, ring.keys[ring.current], ALGORITHM, headers={"kid": ring.current})

    def verify(self, token: str) -> Claims:
        """Return the claims of a token. Raise `AuthInvalid`, or `AuthExpired` if it was valid once."""
        payload = self._decode(token)
        now = self._clock.now()
        try:
            valid_from, valid_to = float(payload["nbf"]), float(payload["exp"])
        except (TypeError, ValueError) as error:
            raise AuthInvalid from error
        if now - SKEW > _time(valid_to):
            raise AuthExpired
        if now + SKEW < _time(valid_from):
            raise AuthInvalid
        texts = [payload[name] for name in ("org", "sub", "role", "sid")]
        if not all(isinstance(text, str) and text for text in texts):
            raise AuthInvalid
        return Claims(*texts)

    def proves(self, offered: Secret) -> bool:
        """Return whether this proves that a request came through our own distribution."""
        return self._ring.proves(offered)

    def seal(self, message: bytes, kid: str | None = None) -> str | None:
        """Return a keyed hash that names its key; None if that key was removed."""
        return self._ring.seal(message, kid)

    @property
    def current_kid(self) -> str:
        """Return the id of the key that signs now."""
        return self._ring.document().current

    def successor(self, secret: str, kid: str) -> str:
        """Return the secret of the refresh token that follows another one: the same each time, and not stored.

        Raise `AuthInvalid` if the key was removed from the ring.
        """
        try:
            derived_key = digest(self._ring.key(kid).encode(), _REFRESH, "sha256")
        except KeyError as error:
            raise AuthInvalid from error
        return urlsafe_b64encode(digest(derived_key, secret.encode(), "sha256")).rstrip(b"=").decode()

    def _decode(self, token: str) -> Mapping[str, Any]:
        self._ring.document()  # missing keys are a server error, not an invalid token
        try:
            return _verified(token, self._ring.key(_key_id(token.partition(".")[0])), self._audience)
        except (jwt.PyJWTError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise AuthInvalid from error


@lru_cache(maxsize=64)
def _key_id(header: str) -> str:
    """Return the key id in a token's header. All tokens of one key share the header, so it is decoded once."""
    return str(jwt.get_unverified_header(f"{header}..")["kid"])


@lru_cache(maxsize=1024)
def _verified(token: str, key: str, audience: str) -> Mapping[str, Any]:
    """Return the payload of a token that this key signed. Cached, because a device sends the same token repeatedly.

    Times and session are checked with every request.
    """
    return jwt.decode(
        token,
        key,
        algorithms=[ALGORITHM],
        audience=audience,
        issuer=ISSUER,
        # Times are checked against the injected clock.
        options={"require": _REQUIRED, "verify_exp": False, "verify_nbf": False, "verify_iat": False},
    )


def _time(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise AuthInvalid from error


@cache
def signer(settings: Settings, clock: Clock) -> AccessTokens:
    """Return the shared signer of the process, so that its keys are read once."""
    return AccessTokens(settings, clock)

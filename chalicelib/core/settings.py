"""Everything that can be set from outside, read once and validated whole.

Settings come from environment variables named `BATON_*` (the field's name in capitals). A wrong value stops the
process at its first request with a message that names the variable; an unknown `BATON_*` name is refused too,
because a misspelt setting that is silently ignored is worse than none. Secrets are wrapped, so that printing or
logging the settings never shows one. Nothing outside this module reads `os.environ`.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Any


class SettingsError(Exception):
    """A setting is missing or wrong; the message names every bad variable."""


class Secret:
    """A value that shows itself only when asked by name."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself. Never log or return what this gives."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret('***')" if self._value else "Secret('')"


NO_SECRET = Secret("")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment can set. Times in seconds, distances in metres, sizes in bytes, unless the name says else."""

    stage: str = "dev"
    """Names the tables (`baton-<stage>-<table>`) and the audience of tokens."""
    log_level: str = "INFO"
    dynamodb_endpoint: str = ""
    """Another DynamoDB-compatible engine; empty for Amazon DynamoDB in the function's own region."""
    sockets_endpoint: str = ""
    """The management API of the socket gateway; empty: taken from each socket's own `$connect`."""
    lambda_endpoint: str = ""
    """Where functions are invoked; empty for AWS Lambda."""
    s3_endpoint: str = ""
    """Another S3-compatible store, as the app and its clients reach it; empty for Amazon S3 in the same region."""
    photos_bucket: str = ""
    """The bucket of photos; empty: `baton-<stage>-photos`. Names of buckets are unique in all of AWS, so that one may
    be taken; another has to begin in the same way, because the functions may use no other."""
    token_keys: Secret = NO_SECRET
    """`{"current": KID, "keys": {KID: SECRET, ...}}`: the keys that sign access tokens. With a domain of one's own also
    `"proof_a"` or `"proof_b"`, or both: what CloudFront shows, so that the addresses are believed that it names."""
    token_keys_secret: str = ""
    """Name or ARN of a Secrets Manager secret with the same document; empty: `baton-<stage>-token-keys`.
    It is read when `token_keys` is empty."""
    access_token_s: int = 3600
    session_s: int = 30 * 86400
    reset_token_s: int = 1800
    logins_per_minute: int = 10
    """How often sign-in or forgot-password may be tried for one identifier."""
    address_logins_per_minute: int = 300
    """How often they may be tried from one source address."""
    lockout_failures: int = 5
    """Bad passwords within `lockout_s` that lock an account for as long again."""
    lockout_s: int = 900
    phone_region: str = ""
    """The country (`NL`) of telephone numbers that name none; empty: numbers have to start with + and their country."""
    email_sender: str = ""
    """The address that e-mail comes from, verified with SES; empty: none can be sent."""
    sms_sender: str = ""
    """The sender id or number that SMS come from; empty: none can be sent."""
    push_application: str = ""
    """ARN of the SNS platform application for mobile push; empty: none can be sent."""
    reset_url: str = ""
    """Where the app takes reset tokens; the token is appended. Empty: messages carry the token itself."""
    idempotency_s: int = 86400
    import_budget_s: int = 20
    """How long one request of an import begins new records; the rest is to be sent again. API Gateway waits 29 s."""
    cors_origin: str = "*"
    max_body_bytes: int = 6_000_000
    commit_attempts: int = 12
    """How often a handler is run again on fresh reads after a lost race, the first time included."""
    conflict_attempts: int = 6
    """How often one transaction is sent again when the store reports a conflict or throttles."""
    connect_timeout_s: int = 2
    read_timeout_s: int = 4
    mailbox_retention_s: int = 7 * 86400
    mailbox_limit: int = 1000
    """Undelivered events that are kept for one person; the oldest beyond it are dropped, loudly."""
    notice_retention_s: int = 30 * 86400
    """How long a notice is kept once it was read; unread ones are kept until then."""
    photo_url_s: int = 900
    """How long the address of a photo can be used."""
    photo_upload_s: int = 900
    """How long a client may take to put a photo into the bucket itself, and then to confirm it."""
    photo_grace_s: int = 900
    """How long after a photo was begun (or could be confirmed last) the sweep looks whether it was finished. It has to
    be longer than any request lives, since what a request puts into the bucket later than that is not found."""
    delivery_lease_s: int = 15
    """Longer than the 7 s that one post to a socket may take at worst."""
    connection_grace_s: int = 10
    """How long a `410 Gone` is not believed, since `$connect` may not have returned yet."""
    connection_life_s: int = 2 * 3600 + 600
    offer_life_s: int = 15
    sweep_every_s: int = 15
    sweep_passes: int = 4
    nearest_radius_m: int = 10_000
    position_max_age_s: int = 300

    def __post_init__(self) -> None:
        problems = [f"BATON_{name.upper()} {problem}" for name, problem in _problems(self)]
        if problems:
            raise SettingsError("; ".join(problems))

    def table_name(self, table: str) -> str:
        """The full name of a table, such as `baton-dev-dispatch`."""
        return f"baton-{self.stage}-{table}"

    @property
    def key_secret(self) -> str:
        """Name or ARN of the secret with the keys."""
        return self.token_keys_secret or f"baton-{self.stage}-token-keys"

    def function_name(self, function: str) -> str:
        """The full name of a deployed function, such as `baton-dev-deliver`."""
        return f"baton-{self.stage}-{function}"

    @property
    def photo_bucket(self) -> str:
        """The bucket that holds the photos."""
        return self.photos_bucket or f"baton-{self.stage}-photos"


_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def _problems(settings: Settings) -> list[tuple[str, str]]:
    found = [
        (f.name, "must be above 0")
        for f in fields(settings)
        if isinstance(getattr(settings, f.name), int) and getattr(settings, f.name) <= 0
    ]
    if not re.fullmatch(r"-*[a-z0-9][a-z0-9-]*", settings.stage):
        found.append(("stage", "must be lower-case letters, digits and hyphens"))
    if settings.delivery_lease_s <= 7:
        found.append(("delivery_lease_s", "must be above 7"))
    if settings.log_level not in _LEVELS:
        found.append(("log_level", f"must be one of {', '.join(_LEVELS)}"))
    if not re.fullmatch(r"(?:[A-Z]{2})?", settings.phone_region):
        found.append(("phone_region", "must be a country of two capital letters, such as NL"))
    if not re.fullmatch(rf"baton-{re.escape(settings.stage)}-photos[a-z0-9-]*", settings.photo_bucket):
        found.append(("photos_bucket", f"must begin with baton-{settings.stage}-photos"))
    for name in ("dynamodb_endpoint", "sockets_endpoint", "lambda_endpoint", "s3_endpoint"):
        value = getattr(settings, name)
        if value and not value.startswith(("http://", "https://")):
            found.append((name, "must be an http:// or https:// address"))
    return found


_READERS: dict[type, Callable[[str], Any]] = {int: int, str: str, Secret: Secret}

# Variables of the same family that other parts of the project read; they are no settings of the functions.
_ELSEWHERE = frozenset({"BATON_DEMO_PASSWORD", "BATON_LOAD_PASSWORD", "BATON_LOCAL_OBJECTS"})
_FOR_TESTS = "BATON_TEST_"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from an environment. Raises `SettingsError` naming every bad or unknown variable."""
    known = {f"BATON_{f.name.upper()}": f for f in fields(Settings)}
    values: dict[str, Any] = {}
    named = [n for n in environ if n.startswith("BATON_") and not n.startswith(_FOR_TESTS)]
    problems = [f"{n} is not a setting" for n in named if n not in known.keys() | _ELSEWHERE]
    for variable, field in known.items():
        if variable not in environ:
            continue
        kind = type(field.default) if field.default is not MISSING else str
        try:
            values[field.name] = _READERS[kind](environ[variable].strip())
        except ValueError:
            problems.append(f"{variable} must be a whole number")
    try:
        made = Settings(**values)
    except SettingsError as error:
        raise SettingsError("; ".join(sorted([*problems, str(error)]))) from None
    if problems:
        raise SettingsError("; ".join(sorted(problems)))
    return made


@cache
def settings() -> Settings:
    """The settings of this process, read at the first call and never again."""
    return read_settings(os.environ)  # noqa: TID251 - this is the one place

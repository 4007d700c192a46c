"""The settings of a deployment, read once and validated.

Settings are environment variables named `BATON_*` (the field's name in capitals). An invalid value fails the first
request with a message that names the variable. So does an unknown `BATON_*` name, because a misspelt setting would
otherwise be ignored silently. Secrets are wrapped, so that logging the settings never shows one. Nothing outside this
module reads `os.environ`.
"""

import os
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import msgspec


class SettingsError(Exception):
    """A setting is missing or invalid; the message names every such variable."""


class Secret:
    """A value that printing and logging do not show."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the secret. Never log it or return it to a client."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret('***')" if self._value else "Secret('')"


NO_SECRET = Secret("")
PASSWORD_MEMORY_KIB = 65_536
"""What RFC 9106 recommends where memory is limited."""


class Settings(msgspec.Struct, frozen=True):
    """The settings of a deployment. Times are in seconds, distances in metres, sizes in bytes."""

    stage: str = "dev"
    """Part of the names of tables (`baton-<stage>-<table>`), and the audience of tokens."""
    log_level: str = "INFO"
    dynamodb_endpoint: str = ""
    """The endpoint of a DynamoDB-compatible engine; empty: Amazon DynamoDB in the function's region."""
    sockets_endpoint: str = ""
    """The management API of the socket gateway; empty: taken from the `$connect` of each socket."""
    lambda_endpoint: str = ""
    """The endpoint for invoking functions; empty: AWS Lambda."""
    s3_endpoint: str = ""
    """The endpoint of an S3-compatible store, for the application and clients; empty: Amazon S3 in the same region."""
    photos_bucket: str = ""
    """The bucket of photos; empty: `baton-<stage>-photos`. Bucket names are unique in all of AWS, so that name may be
    taken; another one has to have the same beginning, because the functions' policies allow no other."""
    token_keys: Secret = NO_SECRET
    """`{"current": KID, "keys": {KID: SECRET, ...}}`: the keys that sign access tokens. With a custom domain also
    `"proof_a"` or `"proof_b"`, or both: the secret header with which CloudFront proves that a request came through it,
    so that the client addresses that it forwards are trusted."""
    token_keys_secret: str = ""
    """Name or ARN of a Secrets Manager secret with the same document; empty: `baton-<stage>-token-keys`.
    It is read when `token_keys` is empty."""
    access_token_s: int = 3600
    session_s: int = 30 * 86400
    """The time after which a session that is not refreshed expires."""
    session_max_s: int = 90 * 86400
    """The time after which a session expires, however often it is refreshed."""
    reset_token_s: int = 1800
    logins_per_minute: int = 10
    """Attempts per minute of sign-in or forgot-password for one identifier."""
    address_logins_per_minute: int = 300
    """Attempts per minute of these from one source address."""
    lockout_failures: int = 5
    """Wrong passwords within `lockout_s` that lock a person's names for `lockout_s`, for the network they came from."""
    lockout_failures_anywhere: int = 20
    """Wrong passwords within `lockout_s` from all networks together that lock a person's names for everybody."""
    lockout_s: int = 900
    password_memory_kib: int = PASSWORD_MEMORY_KIB
    """The memory that hashing a password takes. Only the stage `test` may take less than the default."""
    phone_region: str = ""
    """The country (`NL`) of phone numbers without country code; empty: numbers must start with + and the code."""
    email_sender: str = ""
    """The sender address of e-mail, verified with SES; empty: e-mail is not sent."""
    sms_sender: str = ""
    """The sender id or number of SMS; empty: SMS are not sent."""
    push_application: str = ""
    """ARN of the SNS platform application for mobile push; empty: push is not sent."""
    reset_url: str = ""
    """The URL of the app's reset page; the token is appended. Empty: messages contain the token only."""
    track_url: str = ""
    """The URL of the page that shows an order to its receiver; the token is appended. Empty: links have no URL."""
    passport_url: str = ""
    """The URL of the page that shows the battery passport of a pack; the token is appended. Empty: passports have no
    address."""
    caller_rate: int = 50
    """Requests a second of one caller."""
    caller_burst: int = 100
    """Requests of one caller at once."""
    org_rate: int = 200
    """Requests a second of one organisation."""
    org_burst: int = 400
    """Requests of one organisation at once."""
    idempotency_s: int = 86400
    request_deadline_s: int = 25
    """The time after which a request begins no call of the store or another service, and is answered with 503; below
    the 29 s that API Gateway waits by more than the second that a last call may take."""
    import_budget_s: int = 20
    """The time after which an import begins no more records; below `request_deadline_s`, by what the commit of its
    result takes."""
    cors_origin: str = "*"
    max_body_bytes: int = 6_000_000
    commit_attempts: int = 12
    """Attempts of a use case, each on fresh reads, when the conditions of its changes fail."""
    contended_attempts: int = 200
    """The same where many requests change one counter whose exact sum they show; the request's deadline ends them."""
    conflict_attempts: int = 6
    """Attempts of a transaction when the store reports a conflict with another one, or throttles."""
    connect_timeout_s: int = 2
    read_timeout_s: int = 4
    mailbox_retention_s: int = 86400
    """The time for which an event is kept for sessions that have not got it."""
    mailbox_limit: int = 500
    """The newest events of a person that a session can still get."""
    notice_retention_s: int = 30 * 86400
    """The time for which a notice is kept after it was read; unread ones do not expire."""
    photo_url_s: int = 900
    """The validity of the URL of a photo."""
    photo_upload_s: int = 900
    """The time a client has to upload a photo to the bucket, and then to confirm it."""
    photo_grace_s: int = 900
    """The time after the start (or the last possible confirmation) of a photo at which the sweep checks whether it was
    finished. Longer than any request takes, because the sweep does not find objects written later."""
    delivery_lease_s: int = 15
    """The time for which a delivery holds a connection after its last post may have begun. Longer than the 7 s that a
    post can take."""
    connection_grace_s: int = 10
    """The age up to which a `410 Gone` of a connection is ignored, because `$connect` may not have returned yet."""
    connection_life_s: int = 2 * 3600 + 600
    connection_limit: int = 10
    """Sockets of one person; the oldest is closed when one more is opened."""
    socket_messages_per_s: int = 20
    """Messages of one socket in a second; with more it is closed."""
    socket_message_bytes: int = 32_768
    """The largest message from a client; with a larger one its socket is closed."""
    offer_life_s: int = 15
    sweep_every_s: int = 15
    sweep_passes: int = 4
    nearest_radius_m: int = 10_000
    position_max_age_s: int = 300

    def __post_init__(self) -> None:
        errors = [f"BATON_{name.upper()} {error}" for name, error in _errors(self)]
        if errors:
            raise SettingsError("; ".join(errors))

    def table_name(self, table: str) -> str:
        """Return the full name of a table, such as `baton-dev-dispatch`."""
        return f"baton-{self.stage}-{table}"

    @property
    def key_secret(self) -> str:
        """Return the name or ARN of the secret with the keys."""
        return self.token_keys_secret or f"baton-{self.stage}-token-keys"

    def function_name(self, function: str) -> str:
        """Return the full name of a deployed function, such as `baton-dev-deliver`."""
        return f"baton-{self.stage}-{function}"

    @property
    def photo_bucket(self) -> str:
        """Return the name of the bucket for photos."""
        return self.photos_bucket or f"baton-{self.stage}-photos"


_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def _errors(settings: Settings) -> list[tuple[str, str]]:
    errors = [
        (name, "must be above 0")
        for name, value in msgspec.structs.asdict(settings).items()
        if isinstance(value, int) and value <= 0
    ]
    errors += _hashing_errors(settings) + _time_errors(settings)
    if not re.fullmatch(r"-*[a-z0-9][a-z0-9-]*", settings.stage):
        errors.append(("stage", "must be lower-case letters, digits and hyphens"))
    if settings.log_level not in _LEVELS:
        errors.append(("log_level", f"must be one of {', '.join(_LEVELS)}"))
    if not re.fullmatch(r"(?:[A-Z]{2})?", settings.phone_region):
        errors.append(("phone_region", "must be a country of two capital letters, such as NL"))
    if not re.fullmatch(rf"baton-{re.escape(settings.stage)}-photos[a-z0-9-]*", settings.photo_bucket):
        errors.append(("photos_bucket", f"must begin with baton-{settings.stage}-photos"))
    for name in ("dynamodb_endpoint", "sockets_endpoint", "lambda_endpoint", "s3_endpoint"):
        value = getattr(settings, name)
        if value and not value.startswith(("http://", "https://")):
            errors.append((name, "must be an http:// or https:// address"))
    return errors


def _time_errors(settings: Settings) -> list[tuple[str, str]]:
    errors = [
        (not 7 < settings.delivery_lease_s <= 60, "delivery_lease_s", "must be above 7 and at most 60"),
        (settings.request_deadline_s > 27, "request_deadline_s", "must be at most 27"),
        (settings.import_budget_s >= settings.request_deadline_s, "import_budget_s", "must be below the deadline"),
    ]
    return [(name, error) for is_wrong, name, error in errors if is_wrong]


def _hashing_errors(settings: Settings) -> list[tuple[str, str]]:
    if settings.password_memory_kib >= PASSWORD_MEMORY_KIB or settings.stage == "test":
        return []
    return [("password_memory_kib", f"must be at least {PASSWORD_MEMORY_KIB}")]


_READERS: dict[type, Callable[[str], Any]] = {int: int, str: str, Secret: Secret}

# Variables with the same prefix that other parts of the project read; the functions do not use them.
_ELSEWHERE = frozenset({"BATON_DEMO_PASSWORD", "BATON_LOAD_PASSWORD", "BATON_LOCAL_OBJECTS", "BATON_MAP_STYLE"})
_FOR_TESTS = "BATON_TEST_"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings of an environment. Raise `SettingsError` if a variable is invalid or unknown."""
    defaults = zip(Settings.__struct_fields__, Settings.__struct_defaults__, strict=True)
    by_variable = {f"BATON_{name.upper()}": (name, type(default)) for name, default in defaults}
    values: dict[str, Any] = {}
    names = [n for n in environ if n.startswith("BATON_") and not n.startswith(_FOR_TESTS)]
    errors = [f"{n} is not a setting" for n in names if n not in by_variable.keys() | _ELSEWHERE]
    for variable, (name, kind) in by_variable.items():
        try:
            if variable in environ:
                values[name] = _READERS[kind](environ[variable].strip())
        except ValueError:
            errors.append(f"{variable} must be a whole number")
    try:
        result = Settings(**values)
    except SettingsError as error:
        raise SettingsError("; ".join(sorted([*errors, str(error)]))) from None
    if errors:
        raise SettingsError("; ".join(sorted(errors)))
    return result


@cache
def settings() -> Settings:
    """Return the settings of the process, read once at the first call."""
    return read_settings(os.environ)  # noqa: TID251 - the only reader of the environment

"""Sets the environment variables that a deployment would set, with generated values for missing ones.

The app reads settings once, at import, so they have to be set before. Secrets are kept in the process and not written
to disk: generated token keys, and with them all tokens, end with the process.

Several processes may share one engine. Each has its own sockets, at an endpoint with a secret, which is stored with
every connection, so that all of them reach all sockets.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Mapping, MutableMapping
from urllib.parse import urlsplit

from infra import region
from infra.hosting.files import PASSPORT_PATH, TRACK_PATH
from infra.local.gateway_objects import OBJECTS_PREFIX
from infra.local.gateway_services import LAMBDA_PREFIX, SOCKETS_PREFIX
from infra.local.objects_store import IN_MEMORY

STAGE = "local"
ENGINE = "BATON_DYNAMODB_ENDPOINT"
OBJECTS = "BATON_S3_ENDPOINT"
OBJECTS_FILE = "BATON_LOCAL_OBJECTS"
TOKEN_KEYS = "BATON_TOKEN_KEYS"  # noqa: S105 - the name of a setting
_TOKEN_KEYS_SECRET = "BATON_TOKEN_KEYS_SECRET"  # noqa: S105 - the name of a setting
_SERVICES = {"BATON_SOCKETS_ENDPOINT": SOCKETS_PREFIX, "BATON_LAMBDA_ENDPOINT": LAMBDA_PREFIX}
_REGION = "us-east-1"
_OBJECTS_FILE = ".baton/objects.sqlite3"


def configure_stack(authority: str) -> list[str]:
    """Set missing variables for a stack that this process reaches at `authority` (host:port), and return notes."""
    environ = os.environ
    name_services(environ, authority)
    environ.setdefault(OBJECTS, embedded_s3_url(authority))
    environ.setdefault("BATON_STAGE", STAGE)
    environ.setdefault("BATON_TRACK_URL", f"http://{authority}{TRACK_PATH}#")
    environ.setdefault("BATON_PASSPORT_URL", f"http://{authority}{PASSPORT_PATH}#")
    _without_proxy(environ, urlsplit(f"//{authority}").hostname or "")
    keys_generated = configure_command()
    is_persistent = bool(environ.get(ENGINE))
    notes = []
    if keys_generated and is_persistent:
        notes.append(f"sessions end when Baton stops; set {TOKEN_KEYS} to keep them")
    if is_persistent and environ[OBJECTS] == embedded_s3_url(authority):
        notes.append(f"photos are kept in {objects_path(environ)}; set {OBJECTS_FILE} to use another file")
    return notes


def configure_command() -> bool:
    """Set missing variables for a command that runs the app's code; return whether token keys were generated."""
    environ = os.environ
    region.apply_region(environ)
    environ.setdefault("BATON_LOG_LEVEL", "WARNING")
    environ.setdefault("POWERTOOLS_METRICS_DISABLED", "true")
    if environ.get(ENGINE):
        _set_credentials(environ)
    if environ.get(TOKEN_KEYS) or environ.get(_TOKEN_KEYS_SECRET):
        return False
    environ[TOKEN_KEYS] = generate_keys()
    return True


def generate_keys() -> str:
    """Return a new token key in the form of the setting."""
    return json.dumps({"current": "local", "keys": {"local": secrets.token_urlsafe(48)}}, separators=(",", ":"))


def _set_credentials(environ: MutableMapping[str, str]) -> None:
    """Set random credentials and a region for an engine that does not check them, unless there are real ones.

    Some engines check the format: letters and digits, as those of AWS.
    """
    if not environ.get("AWS_ACCESS_KEY_ID") and not environ.get("AWS_PROFILE"):
        environ["AWS_ACCESS_KEY_ID"] = f"local{secrets.token_hex(8)}"
        environ["AWS_SECRET_ACCESS_KEY"] = f"local{secrets.token_hex(16)}"
    if not environ.get("AWS_DEFAULT_REGION"):
        environ["AWS_DEFAULT_REGION"] = _REGION


def embedded_s3_url(authority: str) -> str:
    """Return the URL of the embedded S3 of a stack at `authority`."""
    return f"http://{authority}{OBJECTS_PREFIX}"


def objects_path(environ: Mapping[str, str]) -> str:
    """Return where the embedded S3 keeps its objects: in memory, or in a file if an engine keeps the items."""
    return environ.get(OBJECTS_FILE) or (_OBJECTS_FILE if environ.get(ENGINE) else IN_MEMORY)


def name_services(environ: MutableMapping[str, str], authority: str) -> None:
    """Set the missing addresses of the AWS services of a stack at `authority`, each with a new secret."""
    for name, prefix in _SERVICES.items():
        if not environ.get(name):
            environ[name] = f"http://{authority}{prefix}/{secrets.token_urlsafe(32)}"


def service_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the secret in the address of each AWS service of this process, by the prefix of the service.

    An endpoint that was given without a secret is another server's; then the service here has one that nobody knows.
    """
    found = {prefix: re.search(rf"{prefix}/([^/]+)/?$", environ[name]) for name, prefix in _SERVICES.items()}
    return {prefix: match[1] if match else secrets.token_urlsafe(32) for prefix, match in found.items()}


def _without_proxy(environ: MutableMapping[str, str], host: str) -> None:
    """Exclude the local gateway, which the app calls, from HTTP proxies."""
    for name in ("NO_PROXY", "no_proxy"):
        environ[name] = ",".join(filter(None, (environ.get(name), "127.0.0.1", "localhost", host)))

"""The environment of the local stack: what a deployment would have set, made up where it is not given.

Settings are read once, when the app is imported, so all of this has to be set before. Secrets live in this process
only and nothing is written to disk: token keys that were made up end with the process, and so do the tokens.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping, MutableMapping

from infra import region
from infra.local.gateway_objects import OBJECTS_PREFIX
from infra.local.gateway_services import LAMBDA_PREFIX, SOCKETS_PREFIX
from infra.local.objects_store import IN_MEMORY

STAGE = "local"
ENGINE = "BATON_DYNAMODB_ENDPOINT"
OBJECTS = "BATON_S3_ENDPOINT"
OBJECTS_FILE = "BATON_LOCAL_OBJECTS"
TOKEN_KEYS = "BATON_TOKEN_KEYS"  # noqa: S105 - the name of a setting
_KEPT_ELSEWHERE = "BATON_TOKEN_KEYS_SECRET"
_REGION = "us-east-1"
_OBJECTS_FILE = ".baton/objects.sqlite3"


def prepare(port: int) -> list[str]:
    """Set what the app reads, for a stack that listens on `port`; what is given already stays. Returns notes."""
    environ = os.environ
    here = f"http://127.0.0.1:{port}"
    environ["BATON_SOCKETS_ENDPOINT"] = here + SOCKETS_PREFIX
    environ["BATON_LAMBDA_ENDPOINT"] = here + LAMBDA_PREFIX
    environ.setdefault(OBJECTS, own_objects(port))
    environ.setdefault("BATON_STAGE", STAGE)
    _without_proxy(environ)
    made_up = for_commands()
    kept = bool(environ.get(ENGINE))
    notes = [f"who is signed in is so until Baton ends; {TOKEN_KEYS} keeps tokens longer"] if made_up and kept else []
    if kept and environ[OBJECTS] == own_objects(port):
        notes.append(f"photos are kept in {objects_path(environ)} ({OBJECTS_FILE} names another file)")
    return notes


def for_commands() -> bool:
    """Set what anything needs that runs the app's code from a terminal. Whether token keys had to be made up."""
    environ = os.environ
    region.settle(environ)
    environ.setdefault("BATON_LOG_LEVEL", "WARNING")
    environ.setdefault("POWERTOOLS_METRICS_DISABLED", "true")
    if environ.get(ENGINE):
        _give_credentials(environ)
    if environ.get(TOKEN_KEYS) or environ.get(_KEPT_ELSEWHERE):
        return False
    environ[TOKEN_KEYS] = made_up_keys()
    return True


def made_up_keys() -> str:
    """A new key that signs tokens, in the form of the setting."""
    return json.dumps({"current": "local", "keys": {"local": secrets.token_urlsafe(48)}}, separators=(",", ":"))


def _give_credentials(environ: MutableMapping[str, str]) -> None:
    """Credentials and a region for an engine that asks for some and looks at none, unless there are real ones.

    Some look at their form: as AWS's own they have to be letters and digits.
    """
    if not environ.get("AWS_ACCESS_KEY_ID") and not environ.get("AWS_PROFILE"):
        environ["AWS_ACCESS_KEY_ID"] = f"local{secrets.token_hex(8)}"
        environ["AWS_SECRET_ACCESS_KEY"] = f"local{secrets.token_hex(16)}"
    if not environ.get("AWS_DEFAULT_REGION"):
        environ["AWS_DEFAULT_REGION"] = _REGION


def own_objects(port: int) -> str:
    """The address of the embedded S3 of a stack that listens on `port`."""
    return f"http://127.0.0.1:{port}{OBJECTS_PREFIX}"


def objects_path(environ: Mapping[str, str]) -> str:
    """Where the embedded S3 keeps its objects.

    In memory, unless an engine is named, which keeps the rows that speak of them: then in a file as well.
    """
    return environ.get(OBJECTS_FILE) or (_OBJECTS_FILE if environ.get(ENGINE) else IN_MEMORY)


def access_key() -> str:
    """The access key with which this process signs its own calls."""
    from botocore.session import get_session

    found = get_session().get_credentials()
    return "" if found is None else str(found.access_key)


def _without_proxy(environ: MutableMapping[str, str]) -> None:
    """The app calls its own gateway, which no proxy could reach."""
    for name in ("NO_PROXY", "no_proxy"):
        environ[name] = ",".join(filter(None, (environ.get(name), "127.0.0.1", "localhost")))

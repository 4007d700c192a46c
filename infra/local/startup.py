"""Starting: the port, the environment, the engine, the tables, the demo data, in this order.

The port comes first, because the app has to know its own address before it is imported. Whatever goes wrong on the
way is said in one line, since it is nearly always something that the reader can change.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from infra.local import environment

if TYPE_CHECKING:
    from infra.local.objects import ObjectService

PASSWORD = "BATON_DEMO_PASSWORD"  # noqa: S105 - the name of a setting
_DEFAULT_PORT = 8000


class StartFailed(Exception):
    """The stack cannot start; the message says in one line why."""


def listen(host: str, environ: Mapping[str, str]) -> socket.socket:
    """A listening socket on the port that `PORT` names; 0 takes a free one. Raises `StartFailed`."""
    wanted = environ.get("PORT", "").strip() or str(_DEFAULT_PORT)
    if not wanted.isdigit() or int(wanted) > 65535:
        raise StartFailed(f"PORT must be a number from 0 to 65535, not {wanted!r}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, or asyncio leaves Nagle's algorithm on, which makes each answer wait 40 ms for an acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # So that a port can be used again at once; one on which somebody listens is refused all the same.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, int(wanted)))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        message = f"port {wanted} of {host}: {error.strerror}; PORT=8001 make run takes another"
        raise StartFailed(message) from error
    return listener


@contextmanager
def engine(environ: Mapping[str, str]) -> Iterator[str]:
    """The engine that the environment names, or the embedded one; how to call it when talking to people."""
    named = environ.get(environment.ENGINE)
    if named:
        yield f"{named}, kept when Baton ends"
        return
    from infra.local.engine import EmbeddedEngine

    with EmbeddedEngine():
        yield f"in memory, gone when Baton ends ({environment.ENGINE} names an engine that keeps it)"


@contextmanager
def objects(environ: Mapping[str, str], port: int) -> Iterator[ObjectService | None]:
    """The embedded S3, on the port of the stack, unless the environment names another (None)."""
    own = environment.own_objects(port)
    if environ.get(environment.OBJECTS) != own:
        yield None
        return
    from chalicelib.core.settings import settings
    from infra.local.objects import EmbeddedObjects

    with said_plainly():
        bucket, path = settings().photo_bucket, environment.objects_path(environ)
    with EmbeddedObjects(bucket, base=own, path=path) as embedded:
        yield embedded.service


def populate(environ: Mapping[str, str]) -> tuple[str | None, list[str]]:
    """Create tables and demo data that are missing. Returns the people's password, if it is known, and notes."""
    from chalicelib.core import aws
    from chalicelib.core.clock import SystemClock
    from chalicelib.core.settings import settings
    from chalicelib.identity.sessions.tokens import KeyRing
    from infra.buckets import create_missing as create_bucket
    from infra.local import demo
    from infra.tables import create_missing

    KeyRing(settings(), SystemClock()).document()  # says what is wrong with it before anybody signs in
    create_missing(aws.client("dynamodb", settings().dynamodb_endpoint))
    if settings().s3_endpoint:
        create_bucket(aws.client("s3", settings().s3_endpoint), settings().photo_bucket)
    given = environ.get(PASSWORD)
    password = given or secrets.token_urlsafe(9)
    new = demo.make(password)
    if len(new) == demo.HOW_MANY or (given and demo.fits(given)):
        return password, []
    notes = [f"{', '.join(sorted(new))}: new here, with the password {password}"] if new else []
    if given:
        return None, [*notes, f"{PASSWORD} is not the password with which the people were made"]
    return None, [*notes, f"{PASSWORD} chooses the password, before the people are made"]


@contextmanager
def said_plainly() -> Iterator[None]:
    """Turn what the reader can mend into `StartFailed`."""
    from botocore.exceptions import BotoCoreError, ClientError

    from chalicelib.core.errors import Conflict, Unavailable
    from chalicelib.core.settings import SettingsError
    from infra.tables import TablesDisagree

    try:
        yield
    except (SettingsError, TablesDisagree) as error:
        raise StartFailed(str(error)) from error
    except Conflict as error:
        raise StartFailed("somebody else is filling the same engine; start again in a moment") from error
    except (BotoCoreError, ClientError, Unavailable) as error:
        raise StartFailed(f"the engine at {os.environ.get(environment.ENGINE)}: {error}") from error


def quiet_libraries() -> None:
    """Keep from the terminal what is no news for whoever runs this."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    # More calls at once than connections are kept is what a race looks like, not a problem.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)

"""The steps of startup, in order: port, environment, engine, tables, demo data.

The port comes first, because the app needs its own address before it is imported. Errors are reported in one line,
because the user can nearly always correct them.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from infra.local import environment
from infra.stages import is_production

if TYPE_CHECKING:
    from infra.local.objects import ObjectService
    from infra.local.stack_files import StackFiles

PASSWORD = "BATON_DEMO_PASSWORD"  # noqa: S105 - the name of a setting
_DEFAULT_PORT = 8000
_BAD_HOST = "HOST must be an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them, not {!r}"
_AWS = re.compile(r"(^|[./@])(amazonaws\.com(\.cn)?|api\.aws)\.?(:\d+)?([/?#]|$)")


class StartFailed(Exception):
    """The stack cannot start; the message says why in one line."""


def listen(host: str, environ: Mapping[str, str]) -> socket.socket:
    """Return a listening socket on the port in `PORT`, or on a free one for 0. Raise `StartFailed`."""
    port = environ.get("PORT", "").strip() or str(_DEFAULT_PORT)
    if not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise StartFailed(f"PORT must be a number from 0 to 65535, not {port!r}")
    if not host:
        raise StartFailed(_BAD_HOST.format(host))
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio disables Nagle's algorithm, which delays responses by 40 ms, only if the protocol is given as TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # Allows the port to be reused at once; a port with a listener is still refused.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(host != "::"))
        listener.bind((host, int(port)))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        if isinstance(error, socket.gaierror) or error.errno in (errno.EADDRNOTAVAIL, errno.EINVAL):
            raise StartFailed(_BAD_HOST.format(host)) from error
        message = f"port {port} of {host}: {error.strerror}; use another one with PORT=8001 make run"
        raise StartFailed(message) from error
    return listener


@contextmanager
def engine(environ: Mapping[str, str]) -> Iterator[str]:
    """Use the engine in the environment or start the embedded one; yield its description for the banner."""
    url = environ.get(environment.ENGINE)
    if url:
        yield f"{url}, kept when Baton stops"
        return
    from infra.local.engine import EmbeddedEngine

    with EmbeddedEngine():
        yield f"in memory, lost when Baton stops (set {environment.ENGINE} to use an engine that keeps it)"


@contextmanager
def objects(environ: Mapping[str, str], authority: str) -> Iterator[ObjectService | None]:
    """Start the embedded S3 of the stack at `authority`; yield None if the environment names another S3."""
    own_url = environment.embedded_s3_url(authority)
    if environ.get(environment.OBJECTS) != own_url:
        yield None
        return
    from chalicelib.core.settings import settings
    from infra.local.objects import EmbeddedObjects

    with readable_errors():
        bucket, path = settings().photo_bucket, environment.objects_path(environ)
    with EmbeddedObjects(bucket, base=own_url, path=path) as embedded:
        yield embedded.service


def refuse_real_data(environ: Mapping[str, str]) -> None:
    """Raise `StartFailed` if demo people, whose password is printed, would be written beside real ones."""
    stage = environ.get("BATON_STAGE", "")
    if is_production(stage):
        raise StartFailed(f"demo people are not made in the stage {stage}; set BATON_STAGE to another one")
    for name in (environment.ENGINE, environment.OBJECTS):
        if _AWS.search(environ.get(name, "").strip().lower()):
            raise StartFailed(f"demo people are not made on AWS; set {name} to an endpoint on your machine")


@contextmanager
def kept_password(files: StackFiles, password: str | None, environ: Mapping[str, str]) -> Iterator[None]:
    """Keep the password for other terminals. Remove it at the end, unless the users outlive the stack.

    Raise `StartFailed` if it cannot be written.
    """
    files.remove()
    if password is not None:
        try:
            files.write(password)
        except OSError as error:
            raise StartFailed(f"the password cannot be kept in {files.folder}: {error.strerror}") from error
    try:
        yield
    finally:
        if not environ.get(environment.ENGINE) or environ.get("PORT", "").strip() == "0":
            files.remove()


def populate(environ: Mapping[str, str], kept: str | None = None) -> tuple[str | None, list[str]]:
    """Create missing tables and demo data. Return the users' password, if it is known, and notes for the user.

    `kept` is the password of the last stack on this port; on an engine that keeps its data it may still be valid.
    Raise `StartFailed` where real people may be.
    """
    refuse_real_data(environ)
    from chalicelib.core import aws
    from chalicelib.core.clock import SystemClock
    from chalicelib.core.settings import settings
    from chalicelib.identity.sessions.tokens import KeyRing
    from infra.buckets import create_missing as create_bucket
    from infra.local import demo
    from infra.tables import create_missing

    KeyRing(settings(), SystemClock()).document()  # reports invalid keys before the first sign-in
    create_missing(aws.client("dynamodb", settings().dynamodb_endpoint))
    if settings().s3_endpoint:
        create_bucket(aws.client("s3", settings().s3_endpoint), settings().photo_bucket)
    configured = environ.get(PASSWORD)
    kept = kept if environ.get(environment.ENGINE) else None
    password = configured or kept or secrets.token_urlsafe(9)
    new = demo.make(password)
    if len(new) == demo.USER_COUNT or ((configured or kept) and demo.password_matches(password)):
        return password, []
    notes = [f"new users with the password {password}: {', '.join(sorted(new))}"] if new else []
    if configured:
        return None, [*notes, f"the existing users have another password than {PASSWORD}"]
    return None, [*notes, f"{PASSWORD} sets the password when the users are created"]


@contextmanager
def readable_errors() -> Iterator[None]:
    """Raise `StartFailed` for errors that the user can correct."""
    from botocore.exceptions import BotoCoreError, ClientError

    from chalicelib.core.errors import Conflict, Unavailable
    from chalicelib.core.settings import SettingsError
    from infra.tables import SchemaConflict

    try:
        yield
    except (SettingsError, SchemaConflict) as error:
        raise StartFailed(str(error)) from error
    except Conflict as error:
        raise StartFailed("another process is creating data on the same engine; start again in a moment") from error
    except (BotoCoreError, ClientError, Unavailable) as error:
        raise StartFailed(f"the engine at {os.environ.get(environment.ENGINE)}: {error}") from error


def quiet_libraries() -> None:
    """Limit log output on the terminal to warnings that matter to the user."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    # More concurrent calls than pooled connections are normal and not worth a warning.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)

"""`python -m infra.keys STEP --stage STAGE`: rotate the keys that sign access tokens.

The proofs in the same secret are not changed (`infra.proofs`).

A rotation signs no users out. Functions cache the keys for five minutes, so it takes three steps with pauses:

    add       add a key that verifies and does not sign yet       wait 10 minutes, until all functions have read it
    use       sign with the newest key                            wait an hour, until the last old token has expired
    retire    delete all other keys

`init` creates the first key of a new stage. `show` prints the names of the keys, never a key. Keys consist of 48 random
bytes and are written to Secrets Manager only. If a key may have leaked, run all three steps without waiting: all access
tokens are then refused, and clients get new ones with their refresh tokens.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec
from botocore.exceptions import BotoCoreError, ClientError
from msgspec.structs import replace

from chalicelib.core import aws
from chalicelib.identity.sessions.tokens import KeyDocument
from infra import region

Now = Callable[[], datetime]
_BYTES = 48


class StepRefused(Exception):
    """The step is not possible in the current state of the keys; the message says what to do."""


def init(current: KeyDocument | None, now: datetime) -> KeyDocument:
    """Return a document with one key. Raise `StepRefused` if there are keys already."""
    if current is not None:
        raise StepRefused("There are keys already; `add` begins a rotation.")
    name = _name(now, {})
    return KeyDocument(name, {name: new_secret()})


def add(current: KeyDocument | None, now: datetime) -> KeyDocument:
    """Add a key. Raise `StepRefused` if the last rotation is not finished."""
    document = require_document(current)
    if _newest(document) != document.current:
        raise StepRefused("The newest key is not in use yet; `use` it first.")
    name = _name(now, document.keys)
    return replace(document, keys={**document.keys, name: new_secret()})


def use(current: KeyDocument | None, _: datetime) -> KeyDocument:
    """Sign with the newest key. Raise `StepRefused` if it signs already."""
    document = require_document(current)
    if _newest(document) == document.current:
        raise StepRefused("The newest key is in use already; `add` another first.")
    return replace(document, current=_newest(document))


def retire(current: KeyDocument | None, _: datetime) -> KeyDocument:
    """Delete all keys except the one that signs. Raise `StepRefused` if there is no other, or a newer one."""
    document = require_document(current)
    if _newest(document) != document.current:
        raise StepRefused("The newest key is not in use yet and would be deleted; `use` it first.")
    if len(document.keys) == 1:
        raise StepRefused("There is one key only, and it is in use.")
    return replace(document, keys={document.current: document.keys[document.current]})


Step = Callable[[KeyDocument | None, datetime], KeyDocument]

STEPS: Mapping[str, Step] = {
    "init": init,
    "add": add,
    "use": use,
    "retire": retire,
}


class KeyStore:
    """Reads and writes the secret of a stage."""

    def __init__(self, stage: str) -> None:
        self._name = f"baton-{stage}-token-keys"
        self._client = aws.client("secretsmanager")

    def read(self) -> KeyDocument | None:
        """Return the keys, or None if the secret is empty. Raise `StepRefused` if it does not exist."""
        try:
            secret = self._client.get_secret_value(SecretId=self._name)
        except self._client.exceptions.ResourceNotFoundException as error:
            if "staging label" in str(error) or "can't find the specified secret value" in str(error):
                return None
            raise StepRefused(f"The secret {self._name} does not exist; `make infra` creates it.") from error
        text = secret.get("SecretString")
        return msgspec.json.decode(text, type=KeyDocument) if text else None

    def write(self, document: KeyDocument) -> None:
        """Replace the content of the secret."""
        self._client.put_secret_value(SecretId=self._name, SecretString=json.dumps(msgspec.to_builtins(document)))


def report(document: KeyDocument | None) -> str:
    """Return the names of the keys, oldest first, and which one signs."""
    if document is None:
        return "No keys yet; `init` creates the first."
    return "\n".join(f"{name}  {'signs' if name == document.current else 'verifies'}" for name in sorted(document.keys))


def main(arguments: Sequence[str] | None = None, now: Now = lambda: datetime.now(UTC)) -> int:
    """Run one step; return 1 if it is not possible now."""
    description = "Rotate the keys that sign access tokens."
    parser = argparse.ArgumentParser(prog="python -m infra.keys", description=description)
    return run_step(parser, STEPS, report, arguments, now())


def run_step(
    parser: argparse.ArgumentParser,
    steps: Mapping[str, Step],
    describe: Callable[[KeyDocument | None], str],
    arguments: Sequence[str] | None,
    now: datetime,
) -> int:
    """Run the step that the arguments name, or `show`; return 1 if it is not possible now."""
    parser.add_argument("step", choices=[*steps, "show"])
    parser.add_argument("--stage", required=True)
    options = parser.parse_args(arguments)
    region.apply_region(os.environ)
    try:
        store = KeyStore(options.stage)
        document = store.read()
        if options.step in steps:
            document = steps[options.step](document, now)
            store.write(document)
    except (BotoCoreError, StepRefused, ClientError) as error:
        print(error, file=sys.stderr)
        return 1
    print(describe(document))
    return 0


def require_document(document: KeyDocument | None) -> KeyDocument:
    """Return the document. Raise `StepRefused` if there is none."""
    if document is None:
        raise StepRefused("There are no keys yet; `init` creates the first.")
    return document


def _newest(document: KeyDocument) -> str:
    """Names begin with the time of creation."""
    return max(document.keys)


def _name(now: datetime, existing: Mapping[str, str]) -> str:
    name = now.strftime("%Y%m%dT%H%M%SZ")
    if name in existing:
        raise StepRefused("A key was created in the same second; try again.")
    return name


def new_secret() -> str:
    """Return a new random secret."""
    return secrets.token_urlsafe(_BYTES)


if __name__ == "__main__":
    sys.exit(main())

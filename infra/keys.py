"""`python -m infra.keys STEP --stage STAGE`: the keys that sign access tokens, and their rotation.

The proofs in the same secret are left as they are (`infra.proofs`).

Rotation signs nobody out. Functions keep what they have read for five minutes, so it takes three steps and some time:

    add       a new key, which verifies and does not sign yet       wait 10 minutes, until every function knows it
    use       the newest key signs from now on                      wait until the last old token has expired (an hour)
    retire    all other keys are forgotten

`init` makes the first key of a new stage. `show` names the keys and never prints one. Keys are made here, of 48 random
bytes, and are written to Secrets Manager and nowhere else. When one may be known to others, do all three steps without
waiting: everybody's access token is refused then, and their refresh token gets them a new one.
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


class CannotStep(Exception):
    """The keys are not in the state that a step begins from; the message says what to do."""


def init(known: KeyDocument | None, now: datetime) -> KeyDocument:
    """The first key. Raises `CannotStep` if there is one already."""
    if known is not None:
        raise CannotStep("There are keys already; `add` begins a rotation.")
    name = _name(now, {})
    return KeyDocument(name, {name: made()})


def add(known: KeyDocument | None, now: datetime) -> KeyDocument:
    """One key more. Raises `CannotStep` if the last rotation has not been finished."""
    document = existing(known)
    if _newest(document) != document.current:
        raise CannotStep("A key was added and is not in use yet; `use` it first.")
    name = _name(now, document.keys)
    return replace(document, keys={**document.keys, name: made()})


def use(known: KeyDocument | None, _: datetime) -> KeyDocument:
    """Let the newest key sign. Raises `CannotStep` if it does already."""
    document = existing(known)
    if _newest(document) == document.current:
        raise CannotStep("The newest key is in use already; `add` another first.")
    return replace(document, current=_newest(document))


def retire(known: KeyDocument | None, _: datetime) -> KeyDocument:
    """Forget all keys but the one that signs. Raises `CannotStep` if there is no other, or a new one not yet in use."""
    document = existing(known)
    if _newest(document) != document.current:
        raise CannotStep("The newest key is not in use yet; it would be forgotten. `use` it first.")
    if len(document.keys) == 1:
        raise CannotStep("There is one key only, and it is in use.")
    return replace(document, keys={document.current: document.keys[document.current]})


Step = Callable[[KeyDocument | None, datetime], KeyDocument]

STEPS: Mapping[str, Step] = {
    "init": init,
    "add": add,
    "use": use,
    "retire": retire,
}


class Keeper:
    """The secret of a stage."""

    def __init__(self, stage: str) -> None:
        self._name = f"baton-{stage}-token-keys"
        self._client = aws.client("secretsmanager")

    def read(self) -> KeyDocument | None:
        """What it holds; None as long as it holds nothing. Raises `CannotStep` if there is no such secret."""
        try:
            found = self._client.get_secret_value(SecretId=self._name)
        except self._client.exceptions.ResourceNotFoundException as error:
            if "staging label" in str(error) or "can't find the specified secret value" in str(error):
                return None
            raise CannotStep(f"There is no secret {self._name}; `make infra` makes it.") from error
        text = found.get("SecretString")
        return msgspec.json.decode(text, type=KeyDocument) if text else None

    def write(self, document: KeyDocument) -> None:
        """Replace what it holds."""
        self._client.put_secret_value(SecretId=self._name, SecretString=json.dumps(msgspec.to_builtins(document)))


def report(document: KeyDocument | None) -> str:
    """The names of the keys, oldest first, and which one signs."""
    if document is None:
        return "No keys yet: `init` makes the first."
    return "\n".join(f"{name}  {'signs' if name == document.current else 'verifies'}" for name in sorted(document.keys))


def main(arguments: Sequence[str] | None = None, now: Now = lambda: datetime.now(UTC)) -> int:
    """Take one step; 1 if it cannot be taken now."""
    parser = argparse.ArgumentParser(prog="python -m infra.keys", description="The keys that sign access tokens.")
    return take(parser, STEPS, report, arguments, now())


def take(
    parser: argparse.ArgumentParser,
    steps: Mapping[str, Step],
    tell: Callable[[KeyDocument | None], str],
    arguments: Sequence[str] | None,
    moment: datetime,
) -> int:
    """Take the step that the arguments name, or `show`; 1 if it cannot be taken now."""
    parser.add_argument("step", choices=[*steps, "show"])
    parser.add_argument("--stage", required=True)
    wanted = parser.parse_args(arguments)
    region.settle(os.environ)
    try:
        keeper = Keeper(wanted.stage)
        document = keeper.read()
        if wanted.step in steps:
            document = steps[wanted.step](document, moment)
            keeper.write(document)
    except (BotoCoreError, CannotStep, ClientError) as error:
        print(error, file=sys.stderr)
        return 1
    print(tell(document))
    return 0


def existing(known: KeyDocument | None) -> KeyDocument:
    """What the secret holds. Raises `CannotStep` if it holds nothing."""
    if known is None:
        raise CannotStep("There are no keys yet; `init` makes the first.")
    return known


def _newest(document: KeyDocument) -> str:
    """Names begin with the moment at which they were made."""
    return max(document.keys)


def _name(now: datetime, taken: Mapping[str, str]) -> str:
    name = now.strftime("%Y%m%dT%H%M%SZ")
    if name in taken:
        raise CannotStep("A key was made this very second; try again.")
    return name


def made() -> str:
    """A new secret, longer than anybody can guess."""
    return secrets.token_urlsafe(_BYTES)


if __name__ == "__main__":
    sys.exit(main())

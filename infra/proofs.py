"""`python -m infra.proofs STEP --stage STAGE`: what proves that a request came through our own distribution.

Behind a domain of one's own CloudFront shows the application a secret, and is believed whom it calls for. It is kept
beside the keys of tokens, in one of two places, `proof_a` and `proof_b`, and the stack of the domain is told which
(its parameter `Proof`). Two places, because CloudFormation reads a secret again only if it is referred to otherwise.

    add       a proof in the free place, which counts and is not shown yet      wait 10 minutes, as with keys
              then roll the domain's stack out with `Proof=<the place>`, and wait until that is done
    retire    the older proof is forgotten

While a proof is shown that a function does not know yet, it counts tries by CloudFront's addresses; nothing fails.
`show` names the places and the moments at which their proofs were made, and never prints one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from chalicelib.identity.sessions.tokens import KeyDocument
from infra import keys
from infra.keys import CannotStep, Now, Step

PLACES = ("proof_a", "proof_b")


def add(known: KeyDocument | None, now: datetime) -> KeyDocument:
    """A proof in a place that has none. Raises `CannotStep` if both have one."""
    document = keys.existing(known)
    free = [place for place in PLACES if not getattr(document, place)]
    if not free:
        raise CannotStep("There are two proofs; `retire` the older one first.")
    # The moment comes first, so that the newest can be told.
    return replace(document, **{free[0]: f"{now:%Y%m%dT%H%M%SZ}.{keys.made()}"})


def retire(known: KeyDocument | None, _: datetime) -> KeyDocument:
    """Forget the older proof. Raises `CannotStep` if there are not two."""
    document = keys.existing(known)
    if len(document.proofs) != len(PLACES):
        raise CannotStep("There are not two proofs, so none is old; `add` makes one.")
    return replace(document, **{_older(document): ""})


STEPS: Mapping[str, Step] = {"add": add, "retire": retire}


def report(document: KeyDocument | None) -> str:
    """The places that have a proof, oldest first, and when it was made."""
    if document is None or not document.proofs:
        return "No proofs: all addresses are those that API Gateway sees."
    held = sorted((getattr(document, place), place) for place in PLACES if getattr(document, place))
    return "\n".join(f"{place}  {proof.partition('.')[0]}" for proof, place in held)


def main(arguments: Sequence[str] | None = None, now: Now = lambda: datetime.now(UTC)) -> int:
    """Take one step; 1 if it cannot be taken now."""
    parser = argparse.ArgumentParser(prog="python -m infra.proofs", description="The proofs of the distribution.")
    return keys.take(parser, STEPS, report, arguments, now())


def _older(document: KeyDocument) -> str:
    return min(PLACES, key=lambda place: str(getattr(document, place)))


if __name__ == "__main__":
    sys.exit(main())

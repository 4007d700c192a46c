"""`python -m infra.proofs STEP --stage STAGE`: rotate the secret that identifies our own CloudFront distribution.

CloudFront sends the application a secret (the proof), and the application then trusts the client address that
CloudFront sends. The proof is kept beside the token keys in one of two slots, `proof_a` and `proof_b`. The stack of the
distribution names the slot in its parameter `Proof`. There are two slots because CloudFormation reads a secret again
only if the reference to it changes. `make deploy` adds the first proof.

    add       add a proof in the free slot; it is accepted and not sent yet      wait 10 minutes, as with keys
              then roll out the distribution's stack with `Proof=<the slot>`, and wait until that is done
    retire    delete the older proof

A function that does not know the sent proof yet counts login attempts by CloudFront's addresses; no request fails.
`show` prints the slots and when their proofs were created, never a proof.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from chalicelib.identity.sessions.tokens import KeyDocument
from infra import keys
from infra.keys import Now, Step, StepRefused

SLOTS = ("proof_a", "proof_b")


def add(current: KeyDocument | None, now: datetime) -> KeyDocument:
    """Add a proof in the free slot. Raise `StepRefused` if both slots are used."""
    document = keys.require_document(current)
    free = [slot for slot in SLOTS if not getattr(document, slot)]
    if not free:
        raise StepRefused("There are two proofs; `retire` the older one first.")
    # The time comes first, so that proofs sort by age.
    return replace(document, **{free[0]: f"{now:%Y%m%dT%H%M%SZ}.{keys.new_secret()}"})


def retire(current: KeyDocument | None, _: datetime) -> KeyDocument:
    """Delete the older proof. Raise `StepRefused` if there are not two."""
    document = keys.require_document(current)
    if len(document.proofs) != len(SLOTS):
        raise StepRefused("There is no older proof; `add` creates a new one first.")
    return replace(document, **{slot_in_use(document): ""})


STEPS: Mapping[str, Step] = {"add": add, "retire": retire}


def report(document: KeyDocument | None) -> str:
    """Return the used slots, oldest proof first, and when each proof was created."""
    if document is None or not document.proofs:
        return "No proofs: client addresses are those that API Gateway sees."
    used = sorted((getattr(document, slot), slot) for slot in SLOTS if getattr(document, slot))
    return "\n".join(f"{slot}  {proof.partition('.')[0]}" for proof, slot in used)


def main(arguments: Sequence[str] | None = None, now: Now = lambda: datetime.now(UTC)) -> int:
    """Run one step; return 1 if it is not possible now."""
    description = "Rotate the proof of the CloudFront distribution."
    parser = argparse.ArgumentParser(prog="python -m infra.proofs", description=description)
    return keys.run_step(parser, STEPS, report, arguments, now())


def slot_in_use(document: KeyDocument) -> str:
    """Return the slot of the oldest proof. Raise `ValueError` if there is none."""
    return min((slot for slot in SLOTS if getattr(document, slot)), key=lambda slot: str(getattr(document, slot)))


if __name__ == "__main__":
    sys.exit(main())

"""The errors of proof of delivery."""

from collections.abc import Sequence
from typing import Self

from chalicelib.core.errors import Conflict
from chalicelib.dispatch.proof.rules import ProofKind


class ProofRequired(Conflict):
    """The proof of the delivery is missing or wrong.

    `details.missing` names what is missing or wrong: `pin`, `photo` or both. `details.pin_tries_left` is how many more
    wrong PINs are allowed, if the order requires one; at 0 no PIN is accepted any more, and only a dispatcher can
    record the delivery.
    """

    code, summary = "PROOF_REQUIRED", "The proof of the delivery is missing or wrong."

    @classmethod
    def of(cls, missing: Sequence[ProofKind], tries_left: int | None) -> Self:
        """Return the error with its details; `tries_left` is None if the order requires no PIN."""
        details: dict[str, object] = {"missing": [kind.value for kind in missing]}
        return cls(details=details if tries_left is None else {**details, "pin_tries_left": tries_left})

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it, with details as they are in a response."""
        return cls.of([ProofKind.PIN], 3)

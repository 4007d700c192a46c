"""What a delivery has to be proven by, and when photos of it may be added."""

from collections.abc import Sequence
from enum import StrEnum

from chalicelib.core.state_machine import StateMachine
from chalicelib.dispatch.orders.rules import OrderState

PIN_LENGTH = 4
MAX_WRONG_PINS = 5
"""After so many wrong PINs no PIN is accepted any more, and only a dispatcher can record the delivery."""


class ProofKind(StrEnum):
    """The kinds of proof."""

    PIN = "pin"
    PHOTO = "photo"


class DeliveryPhotoKind(StrEnum):
    """What a photo of an order shows. `DELIVERY`: the goods where they were handed over."""

    DELIVERY = "DELIVERY"


class DeliveryPhotoAction(StrEnum):
    """The changes of an order's photos."""

    ADD = "add_photo"


PHOTO_CHANGES = StateMachine[OrderState](
    entity="order",
    transitions={(OrderState.PICKED_UP, DeliveryPhotoAction.ADD): OrderState.PICKED_UP},
    states=tuple(OrderState),
    phrases={DeliveryPhotoAction.ADD: "add a photo to"},
)
"""A photo is added between pickup and delivery, and leaves the order in its state."""


def pin_of(number: int) -> str:
    """Return a number from 0 to 9999 as a PIN."""
    return f"{number:0{PIN_LENGTH}}"


def missing_proof(*, is_pin_missing: bool, is_photo_missing: bool) -> Sequence[ProofKind]:
    """Return the kinds of proof that are missing or wrong."""
    return [kind for kind, missing in ((ProofKind.PIN, is_pin_missing), (ProofKind.PHOTO, is_photo_missing)) if missing]

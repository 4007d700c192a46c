"""The use case of checking a delivery's proof, and of making a PIN.

A wrong PIN is counted outside of the unit of work, because the request is refused and nothing of it is committed. It is
counted before the response says that it was wrong, and a right one is committed only if fewer than `MAX_WRONG_PINS`
wrong ones are counted by then. So guesses that are made in parallel count too.
"""

from functools import partial
from hmac import compare_digest
from typing import Any

from pynamodb.expressions.condition import size

from chalicelib.core.conditional import write_if
from chalicelib.core.store import ItemKey, get_many
from chalicelib.core.work import UnitOfWork
from chalicelib.dispatch.orders.tables import Order
from chalicelib.dispatch.proof.errors import ProofRequired
from chalicelib.dispatch.proof.rules import MAX_WRONG_PINS, PIN_LENGTH, ProofKind, missing_proof, pin_of
from chalicelib.dispatch.proof.schemas import Proof, Requirements
from chalicelib.dispatch.proof.tables import PHOTOS, OrderPhoto, WrongPins, wrong_pins_key
from chalicelib.media.tables import owner_of


def required_proof(work: UnitOfWork, requirements: Requirements | None) -> dict[str, object]:
    """Return the fields of an order with these requirements, a new PIN included."""
    if requirements is None or not (requirements.pin or requirements.photo):
        return {}
    pin = pin_of(work.random_source.randrange(10**PIN_LENGTH)) if requirements.pin else None
    return {"delivery_pin": pin, "requires_photo": requirements.photo or None}


def check_proof(work: UnitOfWork, order: Order, proof: Proof | None) -> None:
    """Raise `ProofRequired` unless the proof has what the order requires; stage that it still holds at the commit."""
    if order.delivery_pin is None and not order.requires_photo:
        return
    proof = proof or Proof()
    pins_key, photo_key = wrong_pins_key(order.org_id, order.order_id), _photo_key(order, proof)
    stored = get_many([pins_key] if photo_key is None else [pins_key, photo_key], work.clock)
    is_photo_missing = bool(order.requires_photo) and (photo_key is None or stored.get(photo_key) is None)
    tries_left = MAX_WRONG_PINS - _count(stored.get(pins_key))
    is_pin_right = order.delivery_pin is None or _is_right(order.delivery_pin, proof.pin, tries_left)
    if not is_pin_right and proof.pin is not None and tries_left:
        tries_left = work.once("wrong_pin", partial(_add_wrong_pin, order, work.ids.new()))
    shown = None if order.delivery_pin is None else tries_left
    missing = missing_proof(is_pin_missing=not is_pin_right, is_photo_missing=is_photo_missing)
    if missing:
        raise ProofRequired.of(missing, shown)
    if order.delivery_pin is not None:
        closed = ProofRequired.of([ProofKind.PIN], 0)
        work.check_condition(pins_key, _are_tries_left(), closed, final=True)
    if photo_key is not None:
        withdrawn = ProofRequired.of([ProofKind.PHOTO], shown)
        work.check_condition(photo_key, OrderPhoto.photo_id.exists(), withdrawn, final=True)


def _photo_key(order: Order, proof: Proof) -> ItemKey[OrderPhoto] | None:
    """Return the key of the photo that proves the delivery; None if there is none, or none is required."""
    is_of_order = proof.photo_id is not None and owner_of(proof.photo_id) == order.order_id
    if not order.requires_photo or proof.photo_id is None or not is_of_order:
        return None
    return PHOTOS.photo_key(order.org_id, proof.photo_id)


def _is_right(pin: str, given: str | None, tries_left: int) -> bool:
    return tries_left > 0 and given is not None and compare_digest(given, pin)


def _add_wrong_pin(order: Order, try_id: str) -> int:
    """Count a wrong PIN and return how many tries are left."""
    item = wrong_pins_key(order.org_id, order.order_id).new()
    added = WrongPins.tries.add({try_id})
    counted = write_if(lambda: item.update(actions=[added], condition=_are_tries_left())) is not None
    return MAX_WRONG_PINS - _count(item) if counted else 0


def _are_tries_left() -> Any:
    return WrongPins.tries.does_not_exist() | (size(WrongPins.tries) < MAX_WRONG_PINS)


def _count(wrong_pins: WrongPins | None) -> int:
    return 0 if wrong_pins is None else len(wrong_pins.tries or ())

"""Photos of deliveries, as couriers add them."""

from __future__ import annotations

from typing import Any

from tests.builders.forms import Field, form
from tests.builders.photos import photo
from tests.builders.world import Answer, Person


def upload(
    person: Person, order_id: str, content: bytes | None = None, *, fields: tuple[Field, ...] = (), **headers: str
) -> Answer:
    """Send a photo (a small one, unless another is named) for an order."""
    file = Field("file", photo() if content is None else content, "photo.jpg")
    content_type, raw = form(file, *fields)
    sent = {"content_type": content_type, **headers}
    return person.world.call("POST", f"/v1/orders/{order_id}/photos", raw=raw, token=person.token, headers=sent)


def uploaded(person: Person, order_id: str, content: bytes | None = None) -> dict[str, Any]:
    """A photo that was added; as it was answered."""
    answer = upload(person, order_id, content)
    assert answer.status == 201, answer
    view: dict[str, Any] = answer.json
    return view

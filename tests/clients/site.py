"""The local stack against which the flows run, with the people and the work that one run of them needs."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.builders.photos import photo
from tests.clients.workshop import BUILD
from tests.system.clients import Stack
from tests.system.flows.site import Site
from tests.system.flows.test_packing import loaded
from tests.system.flows.test_picking import import_assignments
from tests.system.flows.test_repair import assigned, found, inspected
from tests.system.servers import PASSWORD, running

EXPECTED = (
    "session: signed in, refreshed",
    "delivery: assigned, replayed, accepted, arrived, picked_up, delivered",
    "packing: shipment, license_plate, complete, license_plate, complete, closed, packed",
    "events: accepted, duplicate, rejected",
    "photo: IN_PROGRESS, COMPLETION, DONE",
)
"""What each client prints."""

FLOWS = tuple(line.partition(":")[0] for line in EXPECTED)
DOCUMENTS = {"openapi.json": "/v1/openapi.json", "openapi-3.0.json": "/v1/openapi-3.0.json"}
# An offer stays with its courier, however slow a machine is.
_PATIENT = {"BATON_OFFER_LIFE_S": "600"}


@contextmanager
def site() -> Iterator[Site]:
    """Yield a local stack that has written its OpenAPI documents to build/clients."""
    with running(**_PATIENT) as server:
        stack = Stack(server.base, PASSWORD)
        for name, path in DOCUMENTS.items():
            answer = stack.http.get(f"{server.base}{path}")
            answer.raise_for_status()
            (BUILD / name).write_bytes(answer.content)
        yield Site(stack, stack.person("other-admin"), PASSWORD, secrets.token_hex(3))
        stack.close()


def prepared(place: Site, client: str, base: str) -> Mapping[str, str]:
    """Make the people and the work of one client's flows, and return what its program needs to know."""
    own = replace(place, run=f"{place.run}-{client}")
    own.people({"courier": "courier", "customer": "customer", "packer": "packer", "picker": "picker"})
    loaded(own)
    import_assignments(own, "A")
    people = inspected(own)
    order = found(own, people, "A", "HIGH")
    assigned(people["lead"], order, people["tech"])
    return {
        "BATON_URL": base,
        "BATON_PASSWORD": own.password,
        "BATON_RUN": own.run,
        "BATON_WORK_ORDER": order,
        "BATON_PHOTO": str(_written_photo()),
    }


def _written_photo() -> Path:
    path = BUILD / "lamp.jpg"
    path.write_bytes(photo())
    return path

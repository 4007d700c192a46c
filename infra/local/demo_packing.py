"""Demo data of packing: the shipments and license plates of `infra/samples`, and a GS1 company prefix for the labels.

They are imported into the organisation `demo` only. The prefix begins with 952, which GS1 reserves for examples.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import app
from chalicelib.core.actor import Actor
from chalicelib.core.clock import SystemClock
from chalicelib.core.ids import SystemIds
from chalicelib.core.runner import Runner
from chalicelib.core.settings import settings
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.imports import Dataset
from chalicelib.edge.validation import decode_body
from chalicelib.identity.accounts.tables import organisation_key
from chalicelib.packing.plates.imports import PLATES
from chalicelib.packing.settings import PACKING
from chalicelib.packing.shipments.imports import SHIPMENTS
from infra.load_files import read

SAMPLES = Path(__file__).parents[1] / "samples"
PREFIX = "9521234"
_FILES: tuple[tuple[Dataset[Any], str], ...] = ((SHIPMENTS, "shipments.ndjson"), (PLATES, "license-plates.csv"))


def load(org_id: str, actor_id: str) -> None:
    """Import the samples into an existing organisation. Raise `RuntimeError` if a sample is invalid."""
    clock = SystemClock()
    runner = app.compose(settings(), clock, SystemIds(clock)).dependencies.runner
    actor = Actor(org_id, actor_id, "demo")
    runner.run(actor, partial(_set_prefix, org_id))
    for dataset, name in _FILES:
        _load(runner, actor, dataset, SAMPLES / name)


def _set_prefix(org_id: str, work: UnitOfWork) -> None:
    organisation = get(organisation_key(org_id))
    if organisation is None:
        raise RuntimeError(f"organisation {org_id} does not exist")
    work.audit(organisation.kind, org_id, "PACKING_SETTINGS_CHANGED")
    work.update(
        organisation, {"settings": {**(organisation.settings or {}), PACKING.name: {"gs1_company_prefix": PREFIX}}}
    )


def _load(runner: Runner, actor: Actor, dataset: Dataset[Any], path: Path) -> None:
    loader = Actor(actor.org_id, actor.user_id, permissions={dataset.permission: "org"})
    for line in read(path.read_bytes(), path.suffix.removeprefix("."), dataset.record):
        if line.fields is not None:
            raise RuntimeError(f"{path.name}:{line.number}: {line.fields}")
        record = decode_body(line.raw, dataset.record)
        runner.run(actor, partial(_upsert, dataset, loader, record))


def _upsert(dataset: Dataset[Any], loader: Actor, record: Any, work: UnitOfWork) -> None:
    dataset.upsert(work, record, loader)

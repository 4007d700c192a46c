"""Rolls out the distribution of a stage and publishes the console at it, as part of `make deploy`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra import keys, proofs
from infra.hosting.files import DIST, PAGE, SETTINGS, site_files
from infra.hosting.publish import SiteBucket
from infra.stacks.domain import domain, stack_name
from infra.stacks.rollout import Rollout, Say, aws, parameters
from infra.stages import map_style

Adapt = Callable[[dict[str, Any]], dict[str, Any]]


def distribution(
    stage: str, application: Mapping[str, str], say: Say, adapt: Adapt = lambda template: template
) -> dict[str, str]:
    """Create or update the distribution; return the outputs of its stack.

    `application` is the outputs of the application's stack. Parameters that an operator has set, such as a domain and
    its certificate, keep their values.
    """
    template, client = adapt(domain(stage)), aws("cloudformation")
    set_before = {
        name: value for name, value in parameters(stack_name(stage)).items() if name in template["Parameters"]
    }
    given = {
        "Proof": set_before.get("Proof") or _proof(stage),
        "RestApiId": application["RestAPIId"],
        "SocketApiId": application["WebsocketAPIId"],
        "ApiRegion": client.meta.region_name,
    }
    return Rollout(stack_name(stage), template, {"CertificateArn": "", **set_before, **given}).carry_out(say)


def console(stage: str, outputs: Mapping[str, str], say: Say, dist: Path = DIST) -> None:
    """Publish the console if it is built. `outputs` is those of the distribution's stack. Raise `NotBuilt`."""
    if not (dist / PAGE).is_file():
        say(f"console: {dist} has no {PAGE}, so the published files stay as they are")
        return
    now = datetime.now(UTC)
    settings = {"mapStyle": map_style(stage), "local": False, "stage": stage}
    changed = SiteBucket(aws("s3"), outputs["ConsoleBucket"]).publish(site_files(dist, settings), now)
    say(f"console: {len(changed)} files changed" if changed else "console: nothing to change")
    if fresh := [f"/{path}" for path in changed if path in (PAGE, SETTINGS)]:
        aws("cloudfront").create_invalidation(
            DistributionId=outputs["DistributionId"],
            InvalidationBatch={
                "Paths": {"Quantity": len(fresh), "Items": fresh},
                "CallerReference": f"{now:%Y%m%dT%H%M%S.%fZ}",
            },
        )


def _proof(stage: str) -> str:
    """Return the slot of the stage's oldest proof. Add the first one if there is none."""
    store = keys.KeyStore(stage)
    document = keys.require_document(store.read())
    if not document.proofs:
        document = proofs.add(document, datetime.now(UTC))
        store.write(document)
    return proofs.slot_in_use(document)

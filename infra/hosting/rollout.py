"""Rolls out the distribution of a stage and publishes the console at it, as part of `make deploy`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra import keys, proofs
from infra.hosting.files import DIST, PAGE, PUBLIC_PAGES, SETTINGS, site_files
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
    template, client, stack = adapt(domain(stage)), aws("cloudformation"), stack_name(stage)
    before = parameters(stack, client)
    proof = before.get("Proof") or _proof(stage)
    given = next_parameters(template, before, application, client.meta.region_name)
    return Rollout(stack, template, {**given, "Proof": proof}).carry_out(say, client)


def next_parameters(
    template: Mapping[str, Any], before: Mapping[str, str], application: Mapping[str, str], region: str
) -> dict[str, str]:
    """Return the parameters without the proof: those of the stack before, and those that the application determines."""
    return {
        "CertificateArn": "",
        **{name: value for name, value in before.items() if name in template["Parameters"]},
        "RestApiId": application["RestAPIId"],
        "SocketApiId": application["WebsocketAPIId"],
        "ApiRegion": region,
    }


def console(stage: str, outputs: Mapping[str, str], say: Say, dist: Path = DIST) -> None:
    """Publish the built console. `outputs` is those of the distribution's stack. Raise `NotBuilt`."""
    now = datetime.now(UTC)
    settings = {"mapStyle": map_style(stage), "local": False, "stage": stage}
    changed = SiteBucket(aws("s3"), outputs["ConsoleBucket"]).publish(site_files(dist, settings), now)
    say(f"console: {len(changed)} files changed" if changed else "console: nothing to change")
    invalidate(aws("cloudfront"), outputs["DistributionId"], changed, now)


def invalidate(client: Any, distribution_id: str, changed: Sequence[str], now: datetime) -> None:
    """Let CloudFront forget pages and settings that are among the changed files. Assets never change."""
    items = [f"/{path}" for path in changed if path in (PAGE, *PUBLIC_PAGES.values(), SETTINGS)]
    if items:
        batch = {"Paths": {"Quantity": len(items), "Items": items}, "CallerReference": f"{now:%Y%m%dT%H%M%S.%fZ}"}
        client.create_invalidation(DistributionId=distribution_id, InvalidationBatch=batch)


def _proof(stage: str) -> str:
    """Return the slot of the stage's oldest proof. Add the first one if there is none."""
    store = keys.KeyStore(stage)
    document = keys.require_document(store.read())
    if not document.proofs:
        document = proofs.add(document, datetime.now(UTC))
        store.write(document)
    return proofs.slot_in_use(document)

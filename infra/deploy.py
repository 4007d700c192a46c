"""`python -m infra.deploy PART --stage STAGE`: put a stage into an AWS account, or bring it up to date.

    foundation    tables, buckets and the secret of the token keys, which is filled if it is empty (`make infra`)
    application   the package, its functions, APIs, schedules and alarms (`make deploy`)

A stage whose application is deployed by `chalice deploy` must not be deployed by this too: each would make its own
functions under the same names. So this refuses a stage that Chalice has deployed from here, and says so.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from subprocess import CalledProcessError
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core.settings import SettingsError
from infra import keys, region
from infra.packaging.build import build
from infra.packaging.check import BadPackage
from infra.packaging.project import ROOT
from infra.packaging.target import Target
from infra.policies.files import stale
from infra.stacks import application as application_stack
from infra.stacks import foundation as foundation_stack
from infra.stacks import indexes
from infra.stacks.rollout import Rollout, RolloutFailed, Say, aws, current, outputs, upload
from infra.stages import NoStage, settings_of

Adapt = Callable[[dict[str, Any]], dict[str, Any]]
"""What an emulator needs otherwise than AWS."""


class CannotDeploy(Exception):
    """This stage cannot be deployed from here; the message says why."""


_REASONS = (
    BadPackage,
    BotoCoreError,
    CalledProcessError,
    CannotDeploy,
    ClientError,
    NoStage,
    RolloutFailed,
    SettingsError,
    keys.CannotStep,
)


def foundation(stage: str, say: Say, adapt: Adapt = lambda template: template) -> dict[str, str]:
    """Make or update what holds data; the outputs of its stack."""
    stack, template = foundation_stack.stack_name(stage), adapt(foundation_stack.foundation(stage))
    told: dict[str, str] = {}
    for step in indexes.steps(current(stack), template):
        told = Rollout(stack, step, protect=True).carry_out(say)
        indexes.wait(aws("dynamodb"), indexes.table_names(step), say)
    if keys.Keeper(stage).read() is None and keys.main(["init", "--stage", stage]):
        raise CannotDeploy(f"{stage} has no keys of tokens yet; `make infra STAGE={stage}` again.")
    return told


def application(stage: str, say: Say, target: Target, adapt: Adapt = lambda template: template) -> dict[str, str]:
    """Build, upload and roll out the application; the outputs of its stack. Raises `CannotDeploy`."""
    _refuse_mixing(stage)
    _refuse_stale_policies()
    bucket = _bucket_of_packages(stage)
    built = build(ROOT / "build" / stage, stage, target)
    say(f"{built.archive}: {built.size / 1e6:.1f} MB, sha256 {built.sha256}")
    put = upload(bucket, "package", "zip", built.archive.read_bytes())
    template = with_code(json.loads(built.template.read_text()), put.bucket, put.key)
    return Rollout(application_stack.stack_name(stage), adapt(template), bucket=bucket).carry_out(say)


def _bucket_of_packages(stage: str) -> str:
    try:
        return outputs(foundation_stack.stack_name(stage))["PackagesBucket"]
    except (KeyError, RolloutFailed) as error:
        raise CannotDeploy(f"{stage} has no foundation yet; `make infra STAGE={stage}` first.") from error


def with_code(template: dict[str, Any], bucket: str, key: str) -> dict[str, Any]:
    """The template with its functions' code where it was uploaded."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": key}
    return template


def _refuse_mixing(stage: str) -> None:
    deployed = ROOT / ".chalice" / "deployed" / f"{stage}.json"
    if deployed.exists() and json.loads(deployed.read_text()).get("resources"):
        raise CannotDeploy(f"`chalice deploy` has deployed {stage} from here; `chalice delete --stage {stage}` first.")


def _refuse_stale_policies() -> None:
    found = stale()
    if found:
        raise CannotDeploy(f"{', '.join(found)} in .chalice are not current; `python -m infra.policies` writes them.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Deploy a part; 1 if that failed."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description="Put a stage into an AWS account.")
    parser.add_argument("part", choices=("foundation", "application"))
    parser.add_argument("--stage", required=True)
    parser.add_argument("--architecture", choices=("arm64", "x86_64"), default="arm64")
    wanted = parser.parse_args(arguments)
    region.settle(os.environ)
    try:
        settings_of(wanted.stage)
        if wanted.part == "foundation":
            told: Mapping[str, str] = foundation(wanted.stage, print)
        else:
            told = application(wanted.stage, print, Target(wanted.architecture))
    except _REASONS as error:
        print(error, file=sys.stderr)
        return 1
    for name, value in told.items():
        print(f"{name}: {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

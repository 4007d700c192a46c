"""`python -m infra.deploy PART --stage STAGE`: create or update a stage in an AWS account.

    foundation    tables, buckets and the secret with the token keys, which are generated if missing (`make infra`)
    application   the package, its functions, APIs, schedules and alarms, then the distribution and the web console
                  (`make deploy`)

A stage that `chalice deploy` has deployed from this directory is refused, because both would create functions with the
same names.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from subprocess import CalledProcessError
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core.settings import SettingsError
from infra import console, keys, region
from infra.hosting import rollout as hosting
from infra.hosting.files import NotBuilt
from infra.packaging.build import build
from infra.packaging.check import BadPackage
from infra.packaging.project import ROOT
from infra.packaging.target import Target
from infra.policies.files import outdated_files
from infra.stacks import application as application_stack
from infra.stacks import foundation as foundation_stack
from infra.stacks import indexes
from infra.stacks.rollout import Rollout, RolloutFailed, Say, aws, current, outputs, upload
from infra.stages import OpenOrigin, UnknownStage, check_origin, has_console, settings_of

Adapt = Callable[[dict[str, Any]], dict[str, Any]]
"""Changes a template for an emulator of AWS."""


class CannotDeploy(Exception):
    """The stage cannot be deployed; the message says why."""


_DEPLOYMENT_ERRORS = (
    BadPackage,
    BotoCoreError,
    CalledProcessError,
    CannotDeploy,
    ClientError,
    NotBuilt,
    OpenOrigin,
    UnknownStage,
    RolloutFailed,
    SettingsError,
    keys.StepRefused,
)


def foundation(stage: str, say: Say, adapt: Adapt = lambda template: template) -> dict[str, str]:
    """Create or update the resources that hold data; return the outputs of their stack."""
    stack, template = foundation_stack.stack_name(stage), adapt(foundation_stack.foundation(stage))
    stack_outputs: dict[str, str] = {}
    for step in indexes.steps(current(stack), template):
        stack_outputs = Rollout(stack, step, protect=True).carry_out(say)
        indexes.wait(aws("dynamodb"), indexes.table_names(step), say)
    if keys.KeyStore(stage).read() is None and keys.main(["init", "--stage", stage]):
        raise CannotDeploy(f"{stage} has no token keys yet; run `make infra STAGE={stage}` again.")
    return stack_outputs


def application(stage: str, say: Say, target: Target, adapt: Adapt = lambda template: template) -> dict[str, str]:
    """Build, upload and roll out the application; return the outputs of its stack. Raise `CannotDeploy`."""
    _refuse_chalice_deployment(stage)
    _refuse_stale_policies()
    bucket = _package_bucket(stage)
    built = build(ROOT / "build" / stage, stage, target)
    say(f"{built.archive}: {built.size / 1e6:.1f} MB, sha256 {built.sha256}")
    package = upload(bucket, "package", "zip", built.archive.read_bytes())
    template = with_code(json.loads(built.template.read_text()), package.bucket, package.key)
    return Rollout(application_stack.stack_name(stage), adapt(template), bucket=bucket).carry_out(say)


def _package_bucket(stage: str) -> str:
    try:
        return outputs(foundation_stack.stack_name(stage))["PackagesBucket"]
    except (KeyError, RolloutFailed) as error:
        raise CannotDeploy(f"{stage} has no foundation yet; run `make infra STAGE={stage}` first.") from error


def with_code(template: dict[str, Any], bucket: str, key: str) -> dict[str, Any]:
    """Return the template with the location of the uploaded code in its functions."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": key}
    return template


def _build_console() -> None:
    """Build the console. It comes first, so that nothing is deployed if that fails. Raise `CannotDeploy`."""
    if console.main([]):
        raise CannotDeploy('Nothing was deployed. With "console": false a stage is deployed without the web console.')


def _refuse_chalice_deployment(stage: str) -> None:
    deployed = ROOT / ".chalice" / "deployed" / f"{stage}.json"
    if deployed.exists() and json.loads(deployed.read_text()).get("resources"):
        raise CannotDeploy(f"{stage} was deployed by `chalice deploy`; run `chalice delete --stage {stage}` first.")


def _refuse_stale_policies() -> None:
    outdated = outdated_files()
    if outdated:
        raise CannotDeploy(f"outdated in .chalice: {', '.join(outdated)}; run `python -m infra.policies`.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Deploy a part; return 1 if that fails."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description="Deploy a stage to an AWS account.")
    parser.add_argument("part", choices=("foundation", "application"))
    parser.add_argument("--stage", required=True)
    parser.add_argument("--architecture", choices=("arm64", "x86_64"), default="arm64")
    options = parser.parse_args(arguments)
    region.apply_region(os.environ)
    try:
        settings_of(options.stage)
        if options.part == "foundation":
            stack_outputs = foundation(options.stage, print)
        else:
            check_origin(options.stage)
            if has_console(options.stage):
                _build_console()
            stack_outputs = application(options.stage, print, Target(options.architecture))
            if has_console(options.stage):
                stack_outputs |= hosting.distribution(options.stage, stack_outputs, print)
                hosting.console(options.stage, stack_outputs, print)
    except _DEPLOYMENT_ERRORS as error:
        print(error, file=sys.stderr)
        return 1
    for name, value in stack_outputs.items():
        print(f"{name}: {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

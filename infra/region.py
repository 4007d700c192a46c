"""Selects the AWS region of the commands as the `aws` command does.

The `aws` command prefers `AWS_REGION` to `AWS_DEFAULT_REGION` and to the profile; botocore ignores it. Without this
module a stage could be deployed to one region and its alarms subscribed to in another.
"""

from __future__ import annotations

from collections.abc import MutableMapping


def apply_region(environ: MutableMapping[str, str]) -> None:
    """Copy `AWS_REGION`, if it is set, to `AWS_DEFAULT_REGION`. Call it before the first client is created."""
    if region := environ.get("AWS_REGION"):
        environ["AWS_DEFAULT_REGION"] = region

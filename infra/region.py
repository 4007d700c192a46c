"""Which region the commands work in: the same as the `aws` command would.

`AWS_REGION` counts for it before `AWS_DEFAULT_REGION` and before the profile; botocore does not know it at all. So a
stage could be deployed to one region and its alarms subscribed to in another.
"""

from __future__ import annotations

from collections.abc import MutableMapping


def settle(environ: MutableMapping[str, str]) -> None:
    """Let `AWS_REGION` count, if it is set. To be called before the first client is made."""
    if region := environ.get("AWS_REGION"):
        environ["AWS_DEFAULT_REGION"] = region

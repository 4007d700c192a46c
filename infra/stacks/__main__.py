"""`python -m infra.stacks NAME --stage STAGE`: print a CloudFormation template."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.core.settings import SettingsError
from infra.stacks.account import account
from infra.stacks.application import merge_template
from infra.stacks.domain import domain
from infra.stacks.firewall import firewall
from infra.stacks.foundation import foundation
from infra.stages import UnknownStage, settings_of

TEMPLATES: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "account": account,
    "foundation": foundation,
    "application": merge_template,
    "domain": domain,
    "firewall": firewall,
}


def main() -> int:
    """Print a template."""
    parser = argparse.ArgumentParser(prog="python -m infra.stacks", description="Print a CloudFormation template.")
    parser.add_argument(
        "name", choices=TEMPLATES, help="application is the part that is merged into Chalice's template"
    )
    parser.add_argument("--stage", default="dev")
    options = parser.parse_args()
    try:
        settings_of(options.stage)
    except (UnknownStage, SettingsError) as error:
        parser.error(str(error))
    print(json.dumps(TEMPLATES[options.name](options.stage), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())

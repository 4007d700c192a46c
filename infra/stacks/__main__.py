"""`python -m infra.stacks NAME --stage STAGE`: print a template, as CloudFormation takes it."""

from __future__ import annotations

import argparse
import json
import sys

from infra.stacks.account import account
from infra.stacks.application import merge_template
from infra.stacks.domain import domain
from infra.stacks.foundation import foundation

TEMPLATES = {"account": account, "foundation": foundation, "application": merge_template, "domain": domain}


def main() -> int:
    """Print one of the templates."""
    parser = argparse.ArgumentParser(prog="python -m infra.stacks", description="Print a template.")
    parser.add_argument("name", choices=TEMPLATES, help="application is what is merged into Chalice's own template")
    parser.add_argument("--stage", default="dev")
    wanted = parser.parse_args()
    print(json.dumps(TEMPLATES[wanted.name](wanted.stage), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())

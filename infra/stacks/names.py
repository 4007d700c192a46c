"""What a template calls its resources."""

from __future__ import annotations

import re


def logical(name: str) -> str:
    """`system_audit_trail` as CloudFormation would have it: `SystemAuditTrail`."""
    return "".join(part.capitalize() for part in re.split(r"[^a-z0-9]", name))

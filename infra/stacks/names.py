"""The names of resources in templates."""

from __future__ import annotations

import re


def logical(name: str) -> str:
    """Return a logical id of CloudFormation: `SystemAuditTrail` for `system_audit_trail`."""
    return "".join(part.capitalize() for part in re.split(r"[^a-z0-9]", name))

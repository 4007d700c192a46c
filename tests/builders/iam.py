"""Whether a policy allows something, as IAM decides: what is denied anywhere is denied, the rest has to be allowed.

Ours have no conditions, and a statement with one is refused here rather than misread. A `*` in an ARN stays within its
part between two colons, except in the last, where it goes on to the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from tests.builders.cloud_access import Access

Policy = Mapping[str, Any]

_PARTS = 6
_KNOWN = {"Sid", "Effect", "Action", "Resource", "NotResource"}


class Grant(NamedTuple):
    """One action that a statement speaks of, and the pattern of resources; `inverted` means all others."""

    action: str
    pattern: str
    inverted: bool = False

    def covers(self, access: Access) -> bool:
        """Whether the statement speaks of this."""
        return self.action == access.action and (_fits(access.resource, self.pattern) is not self.inverted)


def grants(policy: Policy, effect: str = "Allow") -> Iterator[Grant]:
    """All that the statements with this effect say, one by one."""
    for statement in policy["Statement"]:
        if statement.keys() - _KNOWN:
            raise NotImplementedError(f"{statement['Sid']} says more than is understood here")
        for action in statement["Action"] if statement["Effect"] == effect else ():
            yield from (Grant(action, pattern) for pattern in statement.get("Resource", ()))
            yield from (Grant(action, pattern, inverted=True) for pattern in statement.get("NotResource", ()))


def allows(policy: Policy, access: Access) -> bool:
    """Whether who has this policy may do that."""
    denied, allowed = (any(grant.covers(access) for grant in grants(policy, effect)) for effect in ("Deny", "Allow"))
    return allowed and not denied


def _fits(resource: str, pattern: str) -> bool:
    if pattern == "*":
        return True
    parts, wanted = resource.split(":", _PARTS - 1), pattern.split(":", _PARTS - 1)
    return len(parts) == len(wanted) and all(_like(w).fullmatch(p) for p, w in zip(parts, wanted, strict=True))


@cache
def _like(pattern: str) -> re.Pattern[str]:
    signs: Mapping[str, str] = {"*": ".*", "?": "."}
    return re.compile("".join(signs.get(sign, re.escape(sign)) for sign in pattern), re.DOTALL)


def listed(names: Iterable[str]) -> str:
    """Names as lines of a message."""
    return "\n".join(("", *sorted(names)))

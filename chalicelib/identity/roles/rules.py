"""The pure part of roles: comparing permissions."""

from collections.abc import Mapping

_SCOPE_RANKS = {"own": 0, "zone": 1, "org": 2}


def covers(held: Mapping[str, str], needed: Mapping[str, str]) -> bool:
    """Return whether one set of permissions (`{code: scope}`) includes all of another, with the same scope or wider."""
    return all(code in held and _SCOPE_RANKS[held[code]] >= _SCOPE_RANKS[scope] for code, scope in needed.items())

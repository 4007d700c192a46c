"""The figures of a run as text."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.faults.calls import Journal
from tests.faults.listening import Listener
from tests.faults.proxy import Proxy

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run did and found."""

    seed: int
    seconds: float
    journal: Journal
    proxy: Proxy
    listeners: list[Listener]
    kills: Counter[str] = field(default_factory=Counter)
    items: int = 0
    violations: list[str] = field(default_factory=list)


def report(figures: Figures) -> str:
    """Return the figures and all violations."""
    journal = figures.journal
    profiles = list(dict.fromkeys(profile for profile, _ in journal.statuses))
    lines = ["", f"{'profile':<12} {'answers':>8} {'503':>6} {'no answer':>9} {'slowest':>8}  faults"]
    lines += [_row(name, figures) for name in profiles]
    acknowledged = [change for change in journal.changes if change.is_acknowledged]
    received = sum(len(one) for listener in figures.listeners for one in listener.connections)
    connections = sum(len(listener.connections) for listener in figures.listeners)
    lines += [
        "",
        f"{figures.seconds:.0f} s with seed {figures.seed}; {figures.proxy.calls} calls to the engine",
        f"{len(acknowledged)} changes acknowledged, {len(journal.changes) - len(acknowledged)} refused",
        (
            f"{sum(change.tries > 1 for change in acknowledged)} of these needed several tries; "
            f"{sum(change.is_replay for change in acknowledged)} were answered with the stored response"
        ),
        f"{received} events received on {connections} connections of {len(figures.listeners)} devices",
        f"killed: product {figures.kills['product']} times, engine {figures.kills['engine']} times",
        f"{figures.items} items recounted, {len(figures.violations)} violations",
    ]
    lines += [f"  {violation}" for violation in figures.violations[:_SHOWN]]
    if len(figures.violations) > _SHOWN:
        lines.append(f"  ... and {len(figures.violations) - _SHOWN} more")
    return "\n".join(lines)


def _row(profile: str, figures: Figures) -> str:
    statuses = {status: n for (name, status), n in figures.journal.statuses.items() if name == profile}
    faults = {fault: n for (name, fault), n in sorted(figures.proxy.injected.items()) if name == profile}
    shown = ", ".join(f"{fault} {n}" for fault, n in faults.items()) or "-"
    others = {status: n for status, n in statuses.items() if status >= 500 and status != 503}
    slowest = figures.journal.slowest[profile]
    row = f"{profile:<12} {sum(statuses.values()):>8} {statuses.get(503, 0):>6} {figures.journal.broken[profile]:>9}"
    return f"{row} {slowest:>7.1f}s  {shown}" + (f"; answered {others}" if others else "")

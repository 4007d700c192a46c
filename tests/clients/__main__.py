"""`python -m tests.clients`: generate and compile the clients, play their flows, compare the result with the docs."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.clients import table
from tests.clients.catalogue import Client, clients
from tests.clients.site import EXPECTED, FLOWS, prepared, site
from tests.clients.workshop import BUILD, Failed, Outcome, Workshop
from tests.system.flows.site import Site

_AT_ONCE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print a summary, and return 1 if something failed. A program that is not installed is no failure."""
    parser = argparse.ArgumentParser(prog="python -m tests.clients", description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="write the result into docs/clients.md")
    parser.add_argument("only", nargs="*", help="names of clients (default: all)")
    options = parser.parse_args(arguments)
    wanted = [client for client in clients() if not options.only or client.name in options.only]
    start = time.monotonic()
    workshop = Workshop()
    with site() as place:
        workshop.install()
        outcomes = _built(workshop, wanted)
        problems = {one.client.name: one.problem for one in outcomes if one.problem}
        compiled = [one.client for one in outcomes if not one.problem and not one.missing]
        played = _played(workshop, place, compiled, problems)
    _print(outcomes, played, problems)
    absent = sum(bool(one.missing) for one in outcomes)
    good = len(wanted) - absent - len(problems)
    seconds = time.monotonic() - start
    print(f"{good} clients are good, {len(problems)} are not, {absent} not run; {seconds:.0f} s")
    return _compared(outcomes, played, write=options.write) or int(bool(problems))


def _built(workshop: Workshop, wanted: Sequence[Client]) -> list[Outcome]:
    """Generate and compile the clients, two at a time."""

    def built(client: Client) -> Outcome:
        outcome = workshop.build(client)
        print(f"{client.name}: compiles: {outcome.compiles}", flush=True)
        return outcome

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(built, wanted))


def _played(
    workshop: Workshop, place: Site, compiled: Sequence[Client], problems: dict[str, str]
) -> Mapping[str, Sequence[str]]:
    """Play the flows one client after the other, and return the names of those that ended as expected."""
    played: dict[str, Sequence[str]] = {}
    for client in compiled:
        if client.flows is None:
            continue
        variables = prepared(place, client.name, str(place.stack.http.base_url).rstrip("/"))
        try:
            printed = workshop.call(client.flows, BUILD / client.name, client.name, **variables)
        except Failed as failure:
            problems[client.name] = str(failure)
            continue
        missed = [line for line in EXPECTED if line not in printed.splitlines()]
        if missed:
            problems[client.name] = f"expected {missed}\nbut the flows printed\n{printed}"
        else:
            played[client.name] = FLOWS
    return played


def _print(outcomes: Sequence[Outcome], played: Mapping[str, Sequence[str]], problems: Mapping[str, str]) -> None:
    for name, problem in problems.items():
        print(f"\n{name}: {problem}", file=sys.stderr)
    print()
    for outcome in outcomes:
        client, flows = outcome.client, ""
        if client.flows:
            flows = f"flows: {', '.join(played.get(client.name, ())) or 'NOT PLAYED'}"
        head = f"  {client.name:<25} {client.version:<16} compiles: {outcome.compiles:<12} {outcome.seconds:4.0f} s"
        print(f"{head}  {flows}".rstrip())


def _compared(outcomes: Sequence[Outcome], played: Mapping[str, Sequence[str]], *, write: bool) -> int:
    """Return 1 if docs/clients.md shows another result for a client that was built."""
    lines = table.rows(outcomes, played)
    if write and len(lines) < len(clients()):
        print("The table is written only by a run of all clients, on a machine that has all tools.", file=sys.stderr)
        return 1
    if write:
        table.write(lines)
        return 0
    differences = table.differences(lines)
    if differences:
        print(
            f"{table.PAGE.name} lacks these lines; write them with `make clients ARGS=--write`:", *differences, sep="\n"
        )
    return int(bool(differences))


if __name__ == "__main__":
    sys.exit(main())

"""The text that the local stack prints when it is ready: addresses, people by domain, password, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.core.settings import settings
from infra.local.demo_people import DEMO, OTHER
from infra.local.stack_files import StackFiles
from infra.terminal import Style

READY = "Baton is ready"
_WIDTH = 16
_DOMAINS = {
    "deliveries": ("customer", "courier", "dispatcher"),
    "picking": ("picker", "operative"),
    "packing": ("packer",),
    "warehouse leads": ("supervisor", "admin", "gm"),
    "maintenance": ("TECH", "MAINT_TL", "OPS_TL", "STORE_MANAGER"),
    "battery line": ("PRODUCTION", "QA", "SUPERVISOR", "VIEW_ONLY"),
    "administration": ("SYSTEM_ADMIN",),
}


@dataclass(frozen=True, slots=True)
class Running:
    """What the text is about. `password` is None if this process does not know it."""

    files: StackFiles
    password: str | None
    engine: str
    notes: Sequence[str] = ()
    hosts: Sequence[str] = ()
    """The hosts under which other machines reach the stack."""


def banner(running: Running, style: Style, *, has_console: bool = False) -> str:
    """Return the text; its last line is `READY`."""
    origin = f"http://{running.files.authority}"
    lines = [
        "",
        style.bold(f"  Baton on {origin}"),
        "",
        *([_row("Console", style.link(f"{origin}/"), style)] if has_console else []),
        _row("API reference", style.link(f"{origin}/api/docs"), style),
        _row("API", f"{origin}/api    ({origin}/api/v1/openapi.json, {origin}/api/health)", style),
        _row("Sockets", f"{origin.replace('http', 'ws', 1)}/api/v1/ws/courier|customer|staff", style),
        _row("Documentation", "docs/README.md", style),
        _row("Data", running.engine, style),
        _row("Stage", settings().stage, style),
        *[_row("Note", note, style) for note in running.notes],
        *_network(running, style),
        "",
        style.bold("  People"),
        *[_row(domain, " ".join(names), style) for domain, names in people().items()],
        _row("Password", f"{_password(running, style)}", style),
        "",
        style.bold("  In another terminal"),
        *_next_steps(running, style),
        "",
        *([f"  Open {style.link(f'{origin}/')} in a browser."] if has_console else []),
        "  Ctrl-C stops Baton.",
        "",
        style.good(READY),
    ]
    return "\n".join(lines)


def people() -> dict[str, list[str]]:
    """Return the user names by domain; the last ones are those of the other organisation."""
    named = {
        domain: [person.username for role in roles for person in DEMO.people if person.role == role]
        for domain, roles in _DOMAINS.items()
    }
    return {**named, f"in “{OTHER.org_id}”": [person.username for person in OTHER.people]}


def _network(running: Running, style: Style) -> Iterator[str]:
    if not running.hosts:
        return
    yield ""
    yield style.warning("  Everybody in the network can reach this stack, under")
    for host in running.hosts:
        yield "    " + style.link(f"http://{host}:{_port(running)}/api/docs")


def _password(running: Running, style: Style) -> str:
    if running.password is None:
        return "unchanged since the users were created"
    return f"{style.bold(running.password)}    of all of them; kept in {running.files.password_file}"


def _next_steps(running: Running, style: Style) -> Iterator[str]:
    authority = running.files.authority
    arguments = "" if authority == "localhost:8000" else f" PORT={_port(running)}"
    if not authority.startswith("localhost:"):
        arguments = f" ARGS='--url=http://{authority}/api'"
    yield f"    {'make walkthrough' + arguments:<34}  " + style.dim("plays a whole delivery and prints each step")
    if running.password is not None:
        yield f"    {f'. {running.files.shell}':<34}  " + style.dim("prepares the curl examples of README.md and docs")


def _port(running: Running) -> str:
    return running.files.folder.name


def _row(name: str, value: str, style: Style) -> str:
    return f"  {style.dim(f'{name:<{_WIDTH}}')}  {value}"

"""The addresses of this machine, under which others in its networks reach the local stack.

The standard library has no list of interfaces. On Linux the kernel's tables have all addresses; elsewhere the name of
the machine and the addresses from which it would send are asked for, which misses some.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

ANY = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not bound to
_LOCAL = re.compile(r"\|-- (\S+)\n\s+/32 host LOCAL")
# Documentation addresses (RFC 5737, RFC 3849): a UDP socket that is connected to one sends nothing.
_ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


def own_host(host: str) -> str:
    """Return the host for URLs with which this machine reaches a stack that listens on `host`."""
    return "127.0.0.1" if host in ANY else url_host(host)


def reachable_hosts(host: str) -> list[str]:
    """Return the hosts for URLs of a stack that listens on `host`, IPv4 first; none if only this machine reaches it."""
    if host not in ANY:
        return [] if _is_loopback(host) else [url_host(host)]
    found = {address for address in machine_addresses() if host == "::" or address.version == 4}
    return [url_host(str(address)) for address in sorted(found, key=lambda one: (one.version, int(one)))]


def is_this_machine(host: str) -> bool:
    """Return whether a host of a URL is loopback or an address of this machine."""
    return _is_loopback(host) or host in map(str, machine_addresses())


def machine_addresses(proc: Path = Path("/proc/net")) -> set[Address]:
    """Return the addresses of all interfaces but loopback, without link-local ones, which need a zone."""
    found: set[Address] = set()
    for text in (*_from_kernel(proc), *_from_names(), *_from_routes()):
        with suppress(ValueError):
            address = ipaddress.ip_address(text)
            if not (address.is_loopback or address.is_link_local or address.is_unspecified):
                found.add(address)
    return found


def url_host(host: str) -> str:
    """Return a host as it stands in a URL."""
    return f"[{host}]" if ":" in host else host


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _from_kernel(proc: Path) -> Iterator[str]:
    with suppress(OSError):
        yield from _LOCAL.findall((proc / "fib_trie").read_text())
    with suppress(OSError):
        for line in (proc / "if_inet6").read_text().splitlines():
            yield str(ipaddress.IPv6Address(int(line.split()[0], 16)))


def _from_names() -> Iterator[str]:
    with suppress(OSError):
        for entry in socket.getaddrinfo(socket.gethostname(), None):
            yield str(entry[4][0])


def _from_routes() -> Iterator[str]:
    for family, elsewhere in _ELSEWHERE:
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((elsewhere, 9))
            yield str(probe.getsockname()[0])

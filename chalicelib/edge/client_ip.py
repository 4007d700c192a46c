"""Where a request came from, also when CloudFront stands in between.

Behind a domain of one's own API Gateway is called by CloudFront, and names that as the source of every request. Our
distribution therefore says whom it calls for (`X-Baton-Viewer`), and shows a secret (`X-Baton-Proof`), because the
addresses of API Gateway stay open and there anybody can send any header. Only who shows the proof is believed; of all
others, and of a viewer that is no address, the gateway's own word counts.
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

PROOF = "X-Baton-Proof"
VIEWER = "X-Baton-Viewer"


def parse_address(text: str) -> str | None:
    """An address of IPv4 or IPv6 in its one canonical form; None if this is anything else, or more."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        if found.scope_id is not None:
            return None
        found = found.ipv4_mapped or found
    return str(found)

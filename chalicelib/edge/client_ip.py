"""The address of the client, also behind CloudFront.

With a custom domain, API Gateway is called by CloudFront and reports it as the source of every request. Our
distribution therefore sends the client's address (`X-Baton-Viewer`) and a secret (`X-Baton-Proof`), because the
addresses of API Gateway stay reachable and anybody can send any header to them. The header counts only with the secret;
without it, or if it is not an address, the source that API Gateway reports is used.
"""

from ipaddress import IPv6Address, ip_address

PROOF = "X-Baton-Proof"
VIEWER = "X-Baton-Viewer"


def parse_address(text: str) -> str | None:
    """Return an IPv4 or IPv6 address in its canonical form; None if the text is not exactly one address."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return None
        address = address.ipv4_mapped or address
    return str(address)

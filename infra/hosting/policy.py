"""The content security policy of the console: nothing from other hosts, no scripts or styles within the page."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit


def content_security_policy(origins: Iterable[str], sockets: Iterable[str] = ()) -> str:
    """Return the policy.

    `origins` are those of photos and of map tiles, besides the console's own. `sockets` are origins of sockets, because
    older browsers do not include them in `'self'`.
    """
    hosts = " ".join(["'self'", *origins])
    return (
        f"default-src 'self'; img-src {hosts} data: blob:; connect-src {' '.join([hosts, *sockets])}; "
        "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def origin_of(url: str | None) -> str:
    """Return the origin of a URL, such as `https://tiles.example`; an empty text if there is none."""
    parts = urlsplit(url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""

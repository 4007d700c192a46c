"""Serves the web console on the port of the local stack: the files that `make console` has built.

The console is a static site: its files, the same page for all of its addresses, and its settings. Files whose names
contain a digest are kept by browsers for ever, and all others are asked for again.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

from chalicelib.edge.http import SECURITY_HEADERS
from infra.hosting.files import KEPT, MEDIA_TYPES, PAGE, PUBLIC_PAGES, RENEWED, SETTINGS
from infra.hosting.policy import content_security_policy, origin_of
from infra.local.asgi import AsgiResponse, Receive, Scope, Send, headers_of, respond

MAP_STYLE = "BATON_MAP_STYLE"
"""Names the variable with the address of a MapLibre style; without it, maps have no streets and need no network."""

_COMPRESSED = frozenset({".html", ".js", ".mjs", ".css", ".svg", ".json"})
_CONFIG = f"/{SETTINGS}"
# What the stack itself answers on this port.
_OTHERS = ("/api", "/_")


class ConsoleGateway:
    """The site as an ASGI application."""

    def __init__(self, dist: Path, environ: Mapping[str, str], objects: str | None = None) -> None:
        """`objects` is the address from which browsers load photos and to which they upload them."""
        self._dist = dist.resolve()
        self._map_style = environ.get(MAP_STYLE) or None
        self._headers = {
            **SECURITY_HEADERS,
            "Content-Security-Policy": content_security_policy(
                filter(None, map(origin_of, (objects, self._map_style)))
            ),
            "Referrer-Policy": "no-referrer",
            "Vary": "Accept-Encoding",
        }

    @property
    def is_built(self) -> bool:
        """Whether there is a console to serve."""
        return (self._dist / PAGE).is_file()

    def serves(self, scope: Scope) -> bool:
        """Return whether a request is for the console: a file, its settings, or an address that a person opens."""
        path: str = scope["path"]
        if scope["method"] not in {"GET", "HEAD"} or path.startswith(_OTHERS) or not self.is_built:
            return False
        is_page = "text/html" in headers_of(scope).get("accept", "")
        return is_page or path == _CONFIG or self._file(path) is not None

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Handle one request."""
        path: str = scope["path"]
        if path == _CONFIG:
            body = json.dumps({"mapStyle": self._map_style, "local": True}).encode()
            response = AsgiResponse(200, {**self._headers, "Content-Type": MEDIA_TYPES[".json"]}, body)
        else:
            accepts_gzip = "gzip" in headers_of(scope).get("accept-encoding", "")
            page = PUBLIC_PAGES.get(path, PAGE)
            response = self._respond(self._file(path) or self._dist / page, accepts_gzip=accepts_gzip)
        if scope["method"] == "HEAD":
            response = AsgiResponse(response.status, response.headers)
        await respond(send, response)

    def _file(self, path: str) -> Path | None:
        """Return the file at a path, or None; nothing outside of the console's folder is ever one."""
        try:
            file = (self._dist / unquote(path).lstrip("/")).resolve()
            is_served = file.is_relative_to(self._dist) and file.suffix in MEDIA_TYPES and file.is_file()
        except (OSError, ValueError):  # longer than a name may be, or with a null byte
            return None
        return file if is_served else None

    def _respond(self, file: Path, *, accepts_gzip: bool) -> AsgiResponse:
        is_named_by_digest = file.parent.name == "assets"
        headers = {
            **self._headers,
            "Content-Type": MEDIA_TYPES[file.suffix],
            "Cache-Control": KEPT if is_named_by_digest else RENEWED,
        }
        if accepts_gzip and file.suffix in _COMPRESSED:
            body = _compressed(file, file.stat().st_mtime_ns)
            return AsgiResponse(200, {**headers, "Content-Encoding": "gzip"}, body)
        return AsgiResponse(200, headers, file.read_bytes())


@lru_cache(maxsize=512)
def _compressed(file: Path, _modified: int) -> bytes:
    return gzip.compress(file.read_bytes(), mtime=0)

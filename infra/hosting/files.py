"""The files of a built console: what a bucket gets, in which order, and how browsers keep them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from typing import Any

from infra.console import CONSOLE

DIST = CONSOLE / "dist"
"""Where the console is built."""
ASSETS = "assets/"
"""The folder of the files that have a digest in their names."""
PAGE, SETTINGS = "index.html", "config.json"
TRACK_PATH, PASSPORT_PATH = "/track", "/passport"
PUBLIC_PAGES: Mapping[str, str] = {TRACK_PATH: "track.html", PASSPORT_PATH: "passport.html"}
"""The pages for people who do not sign in by their addresses: of tracking links, and of battery passports."""
KEPT, RENEWED = "public, max-age=31536000, immutable", "no-cache"
"""The values of `Cache-Control` of assets, and of all other files."""

MEDIA_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
"""By suffix. Browsers do not guess types, because all responses have `nosniff`."""


class NotBuilt(Exception):
    """There is no console to publish, or it has a file that cannot be served; the message says which."""


@dataclass(frozen=True, slots=True)
class SiteFile:
    """A file below the address of the console."""

    path: str
    content: bytes

    @property
    def is_asset(self) -> bool:
        """Whether the name has a digest, so that the content never changes."""
        return self.path.startswith(ASSETS)

    @property
    def media_type(self) -> str:
        """The value of `Content-Type`."""
        return MEDIA_TYPES[Path(self.path).suffix]

    @property
    def cache_control(self) -> str:
        """The value of `Cache-Control`: assets are kept, all other files are asked for again."""
        return KEPT if self.is_asset else RENEWED

    @property
    def etag(self) -> str:
        """The `ETag` that S3 gives to this content if it is uploaded in one part."""
        return f'"{md5(self.content, usedforsecurity=False).hexdigest()}"'


def site_files(dist: Path, settings: Mapping[str, Any]) -> list[SiteFile]:
    """Return the files in the order of their upload: each is there before one that refers to it. Raise `NotBuilt`.

    `settings` is what the console reads at its start.
    """
    if not (dist / PAGE).is_file():
        raise NotBuilt(f"{dist} has no {PAGE}; build the console first.")
    files = [SiteFile(path, (dist / path).read_bytes()) for path in _paths(dist)]
    files.append(SiteFile(SETTINGS, json.dumps(settings, separators=(",", ":")).encode()))
    return sorted(files, key=lambda file: (file.path == PAGE, not file.is_asset, file.path))


def _paths(dist: Path) -> Iterator[str]:
    """Yield the paths of all files except hidden ones, such as the manifest of the build."""
    for file in sorted(dist.rglob("*")):
        path = file.relative_to(dist)
        if not file.is_file() or any(part.startswith(".") for part in path.parts):
            continue
        if len(path.parts) > 1 and not path.as_posix().startswith(ASSETS):
            raise NotBuilt(f"{path} is in a folder that the distribution takes for pages; only {ASSETS} has files.")
        if path.suffix not in MEDIA_TYPES:
            raise NotBuilt(f"{path} has no media type; add its suffix to `MEDIA_TYPES`.")
        yield path.as_posix()

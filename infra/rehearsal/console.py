"""The web console on the emulator: published, opened, and signed in to, all through the emulated distribution.

The emulator runs the distribution's functions, reads the bucket by its policy, and sets the headers. It forwards no
sockets, so the console's socket is opened at the socket API.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from websockets.sync.client import connect

from infra.hosting import rollout
from infra.hosting.files import DIST, PAGE
from infra.rehearsal.adaptation import adapted_domain
from infra.rehearsal.emulator import Emulator
from infra.rehearsal.page import sign_in_on_the_page
from infra.rehearsal.stage import ADMIN, RehearsalFailed, Say, Site

_TIMEOUT_S = 60.0
_STAND_IN = '<!doctype html><title>Baton</title><script type="module" src="/assets/index-A1.js"></script>'
_ASSET = re.compile(r'(?:src|href)="/(assets/[^"]+)"')


@dataclass(frozen=True, slots=True)
class PublishedConsole:
    """A console behind the emulated distribution. `host` is CloudFront's own name."""

    emulator: Emulator
    host: str
    bucket: str

    def check(self, site: Site, say: Say) -> None:
        """Open the console and sign in as it does. Raise `RehearsalFailed`."""
        headers = {"Host": self.host, "X-Forwarded-Proto": "https"}
        with httpx.Client(base_url=self.emulator.url, headers=headers, trust_env=False, timeout=_TIMEOUT_S) as http:
            assets = _check_files(http)
            self._check_refusals(http)
            say(f"the page, {assets} assets and the settings are served with their headers; all else is refused")
            _check_sign_in(http, site)
        say("the administrator signs in at /api of the same host and opens a socket with a ticket")
        say(sign_in_on_the_page(self.emulator.url, self.host, site))

    def _check_refusals(self, http: httpx.Client) -> None:
        _require(http.get("/assets/missing.js"), 403, "a missing asset is not refused")
        _require(http.get("/", headers={"X-Forwarded-Proto": "http"}), 301, "a request without TLS is not redirected")
        with httpx.Client(base_url=self.emulator.url, trust_env=False, timeout=_TIMEOUT_S) as anybody:
            _require(anybody.get(f"/{self.bucket}/site/{PAGE}"), 403, "the bucket can be read without the distribution")


def publish(stage: str, application: Mapping[str, str], emulator: Emulator, say: Say) -> PublishedConsole:
    """Publish the console twice; the second time there must be nothing to do. Raise `RehearsalFailed`."""
    adapt = partial(adapted_domain, url=emulator.url)
    with ExitStack() as opened:
        dist = DIST
        if not (dist / PAGE).is_file():
            dist = _stand_in(Path(opened.enter_context(TemporaryDirectory())))
            say("the console is not built; a page in its place is published")
        rollout.console(stage, rollout.distribution(stage, application, lambda _: None, adapt), say, dist)
        second_run: list[str] = []
        outputs = rollout.distribution(stage, application, second_run.append, adapt)
        rollout.console(stage, outputs, second_run.append, dist)
    say("; ".join(second_run))
    if any("nothing to change" not in line for line in second_run):
        raise RehearsalFailed("the second run changed something")
    return PublishedConsole(emulator, outputs["Target"], outputs["ConsoleBucket"])


def _stand_in(folder: Path) -> Path:
    (folder / "assets").mkdir()
    (folder / "assets" / "index-A1.js").write_text("document.title = 'Baton'\n")
    (folder / PAGE).write_text(_STAND_IN)
    return folder


def _check_files(http: httpx.Client) -> int:
    """Check page, assets and settings, and return how many assets the page has."""
    page = http.get("/")
    _require(page, 200, "the page is not served")
    policy = page.headers.get("Content-Security-Policy", "")
    if page.headers.get("Cache-Control") != "no-cache" or "frame-ancestors 'none'" not in policy or "$" in policy:
        raise RehearsalFailed(f"the page has other headers than declared: {dict(page.headers)}")
    if http.get("/trace/PK.0001").text != page.text:
        raise RehearsalFailed("the address of a page does not return the page")
    assets = sorted(set(_ASSET.findall(page.text)))
    for path in assets:
        asset = http.get(f"/{path}")
        _require(asset, 200, f"{path} is not served")
        if "immutable" not in asset.headers.get("Cache-Control", "") or "html" in asset.headers["Content-Type"]:
            raise RehearsalFailed(f"{path} has other headers than declared: {dict(asset.headers)}")
    _require(http.get("/config.json"), 200, "the settings are not served")
    return len(assets)


def _check_sign_in(http: httpx.Client, site: Site) -> None:
    login = http.post("/api/v1/auth/login", json={"username": ADMIN, "password": site.password})
    _require(login, 200, "the administrator cannot sign in through the distribution")
    token = {"Authorization": f"Bearer {login.json()['accessToken']}"}
    me = http.get("/api/v1/me", headers=token)
    _require(me, 200, "the administrator cannot read their account through the distribution")
    unknown = http.get("/api/v1/nothing", headers=token)
    if unknown.status_code != 404 or unknown.json()["error"]["code"] != "ROUTE_NOT_FOUND":
        raise RehearsalFailed(f"an error of the API is changed on its way: {unknown.status_code} {unknown.text}")
    _require(http.get("/api/v1/ws/nobody"), 404, "an unknown channel of sockets is not refused")
    ticket = http.post("/api/v1/ws/tickets", json={}, headers=token)
    _require(ticket, 201, "the administrator gets no ticket for a socket")
    url = f"{site.sockets}?channel=staff&ticket={ticket.json()['ticket']}"
    with closing(connect(url, proxy=None, open_timeout=_TIMEOUT_S)):
        pass


def _require(response: httpx.Response, status: int, message: str) -> None:
    if response.status_code != status:
        raise RehearsalFailed(f"{message}: {response.status_code} {response.text[:500]}")

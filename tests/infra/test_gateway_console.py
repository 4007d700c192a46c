"""The web console as the local stack serves it."""

import asyncio
import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.local.asgi import Event, Scope
from infra.local.gateway_console import ConsoleGateway

PAGE = "<!doctype html><title>Baton</title>"
PUBLIC_PAGES = {
    "/track": "<!doctype html><title>Your delivery</title>",
    "/passport": "<!doctype html><title>Battery passport</title>",
}
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    for path, text in PUBLIC_PAGES.items():
        (folder / f"{path[1:]}.html").write_text(text)
    (folder / "assets" / "index-C0FFEE.js").write_text("console")
    (folder / "assets" / "worker-C0FFEE.mjs").write_text("worker")
    (folder / "icon.svg").write_text("<svg/>")
    (folder / ".built").write_text("a digest")
    (tmp_path / "secret.json").write_text("{}")
    return folder


def scope_of(path: str, accept: str = "*/*", method: str = "GET", **headers: str) -> Scope:
    pairs = {"accept": accept, **headers}
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in pairs.items()]
    return {"type": "http", "method": method, "path": path, "headers": raw}


def answer_of(gateway: ConsoleGateway, scope: Scope) -> tuple[int, Mapping[str, str], bytes]:
    sent: list[Event] = []

    async def send(event: Event) -> None:
        sent.append(event)

    async def receive() -> Event:
        return {"type": "http.request"}

    asyncio.run(gateway(scope, receive, send))
    headers: dict[str, Any] = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, sent[1]["body"]


@pytest.mark.parametrize("path", ["/", "/dispatch/orders", "/line/packs/019ceb1b", "/no/such/page"])
def test_every_address_that_a_browser_opens_gets_the_page(dist: Path, path: str) -> None:
    gateway = ConsoleGateway(dist, {})
    assert gateway.serves(scope_of(path, BROWSER))
    status, headers, body = answer_of(gateway, scope_of(path, BROWSER))
    assert (status, body.decode(), headers["cache-control"]) == (200, PAGE, "no-cache")
    assert headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(("path", "page"), PUBLIC_PAGES.items())
def test_public_pages_are_pages_of_their_own_that_send_no_referrer(dist: Path, path: str, page: str) -> None:
    gateway = ConsoleGateway(dist, {})
    assert gateway.serves(scope_of(path, BROWSER))
    status, headers, body = answer_of(gateway, scope_of(path, BROWSER))
    assert (status, body.decode(), headers["referrer-policy"]) == (200, page, "no-referrer")


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1/orders", "/api/docs", "/_s3/photos/1", "/_gateway/x"])
def test_paths_of_the_stack_are_not_the_consoles(dist: Path, path: str) -> None:
    assert not ConsoleGateway(dist, {}).serves(scope_of(path, BROWSER))


def test_other_clients_and_methods_are_answered_by_the_api(dist: Path) -> None:
    gateway = ConsoleGateway(dist, {})
    assert not gateway.serves(scope_of("/"))
    assert not gateway.serves(scope_of("/v1/orders", "application/json"))
    assert not gateway.serves(scope_of("/", BROWSER, "POST"))


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/assets/index-C0FFEE.js", "text/javascript"), ("/assets/worker-C0FFEE.mjs", "text/javascript")],
)
def test_files_named_by_a_digest_are_kept_for_ever(dist: Path, path: str, kind: str) -> None:
    _, headers, _ = answer_of(ConsoleGateway(dist, {}), scope_of(path))
    assert headers["content-type"] == f"{kind}; charset=utf-8"
    assert headers["cache-control"] == "public, max-age=31536000, immutable"


def test_a_browser_gets_files_compressed(dist: Path) -> None:
    scope = scope_of("/assets/index-C0FFEE.js", accept_encoding="gzip, br")
    _, headers, body = answer_of(ConsoleGateway(dist, {}), scope)
    assert (headers["content-encoding"], gzip.decompress(body)) == ("gzip", b"console")


@pytest.mark.parametrize(
    "path", ["/../secret.json", "/%2e%2e/secret.json", "/assets/../../secret.json", "/.built", "//etc/hosts"]
)
def test_nothing_else_is_a_file_of_the_console(dist: Path, path: str) -> None:
    assert not ConsoleGateway(dist, {}).serves(scope_of(path))


def test_without_a_build_there_is_no_console(tmp_path: Path) -> None:
    gateway = ConsoleGateway(tmp_path / "nowhere", {})
    assert not gateway.is_built
    assert not gateway.serves(scope_of("/", BROWSER))


def test_the_content_security_policy_allows_no_script_or_style_within_a_page(dist: Path) -> None:
    gateway = ConsoleGateway(dist, {}, "http://127.0.0.1:8000/_s3")
    policy = answer_of(gateway, scope_of("/", BROWSER))[1]["content-security-policy"]
    assert policy.startswith("default-src 'self'; img-src 'self' http://127.0.0.1:8000 data: blob:;")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_the_maps_style_and_its_host_are_told(dist: Path) -> None:
    gateway = ConsoleGateway(dist, {"BATON_MAP_STYLE": "https://tiles.example/style.json?key=1"})
    assert gateway.serves(scope_of("/config.json"))
    _, headers, body = answer_of(gateway, scope_of("/config.json"))
    assert body == b'{"mapStyle": "https://tiles.example/style.json?key=1", "local": true}'
    assert "connect-src 'self' https://tiles.example;" in headers["content-security-policy"]


def test_a_head_request_is_answered_without_a_body(dist: Path) -> None:
    status, _, body = answer_of(ConsoleGateway(dist, {}), scope_of("/icon.svg", method="HEAD"))
    assert (status, body) == (200, b"")


@pytest.mark.parametrize("path", ["/assets/\0.js", f"/{'a' * 300}.js", f"/{'a/' * 3000}x.js"])
def test_a_path_that_no_file_can_have_is_not_a_file(dist: Path, path: str) -> None:
    gateway = ConsoleGateway(dist, {})
    assert not gateway.serves(scope_of(path))
    assert answer_of(gateway, scope_of(path, BROWSER))[2].decode() == PAGE

"""The API reference and its files, as they are answered by the application; browsers are sent to it."""

import json
import re
import zipfile

import pytest
from chalice.config import Config
from chalice.local import LocalGateway

import app
from chalicelib.edge.reference.files import digest, page
from chalicelib.edge.reference.routes import PAGE
from infra.scalar import ARCHIVE, SOURCE, read
from infra.scalar import digest as digest_of_files

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def call(path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
    answer = LocalGateway(app.app, Config()).handle_request(method, path, headers, b"")
    sent = {name.lower(): value for name, value in answer["headers"].items()}
    assert sent["x-request-id"]
    assert sent["x-content-type-options"] == "nosniff"
    return answer["statusCode"], sent, str(answer["body"])


def test_the_page_allows_nothing_from_other_hosts() -> None:
    status, headers, body = call("/docs")
    assert (status, headers["content-type"], headers["cache-control"]) == (200, "text/html; charset=utf-8", "no-cache")
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "http" not in headers["content-security-policy"]
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", body)
    assert "<script>" not in body


def test_every_file_of_the_page_is_kept_by_browsers() -> None:
    addresses = re.findall(r"(?:src|href)=\"(/api/docs/[^\"]+)\"", page())
    assert len(addresses) == 2
    chunks = [f"/api/docs/{digest()}/{name}" for name in ("standalone.esm.js", next(n for n in read() if "/" in n))]
    for address in (*addresses, *chunks):
        status, headers, body = call(address.removeprefix("/api"))
        assert (status, body != "") == (200, True), address
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        assert headers["content-type"] in {"text/javascript; charset=utf-8", "text/css; charset=utf-8"}


@pytest.mark.parametrize(
    "path", ["/docs/0123456789abcdef/page.js", "/docs/{digest}/nothing.js", "/docs/{digest}/chunks/nothing.js"]
)
def test_an_unknown_file_is_not_found(path: str) -> None:
    status, _, body = call(path.format(digest=digest()))
    assert (status, json.loads(body)["error"]["code"]) == (404, "ROUTE_NOT_FOUND")


def test_a_browser_is_sent_from_the_root_to_the_reference() -> None:
    status, headers, _ = call("/", **BROWSER)
    assert (status, headers["location"]) == (302, PAGE)


def test_a_client_of_the_api_gets_the_error_body_at_the_root() -> None:
    status, _, body = call("/", Accept="*/*")
    assert (status, json.loads(body)["error"]["code"]) == (404, "ROUTE_NOT_FOUND")
    assert call("/docs", "POST")[0] == 405


def test_the_files_of_scalar_are_those_of_the_named_release() -> None:
    source = json.loads(SOURCE.read_text())
    assert digest_of_files(read()) == source["sha256"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", source["version"])
    assert source["integrity"].startswith("sha512-")
    with zipfile.ZipFile(ARCHIVE) as files:
        assert max(one.file_size for one in files.infolist()) < 2_000_000, "Lambda answers with 6 MB at most"

"""The addresses of the API reference, and the redirect to it for people who open the API in a browser.

They are pages and not operations of the API, so the API's documents do not describe them. Files are sent as text, which
API Gateway compresses.
"""

from collections.abc import Mapping
from http import HTTPStatus
from pathlib import PurePosixPath

from chalice.app import Blueprint
from chalice.app import Response as ChaliceResponse

from chalicelib.core.errors import RouteNotFound
from chalicelib.edge.http import REQUEST_ID, SECURITY_HEADERS, error_response, request_id

PAGE = "/api/docs"
"""The path of the page, with the stage."""

# Scalar adds its styles as elements, so inline styles are allowed; scripts, requests and pictures are the host's own.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_PAGE_HEADERS: Mapping[str, str] = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-cache",
    "Referrer-Policy": "no-referrer",
}
_KEPT = "public, max-age=31536000, immutable"

PATHS = ("/", "/docs", "/docs/{digest}/{name}", "/docs/{digest}/chunks/{name}")
"""What is served beside the operations of the API."""

routes = Blueprint(__name__)


@routes.route(PATHS[0], methods=["GET"])
def open_api() -> ChaliceResponse:
    """Redirect a browser to the API reference; for other clients there is nothing at this address."""
    if "text/html" in routes.current_request.headers.get("accept", ""):
        return _respond("", {"Location": PAGE}, HTTPStatus.FOUND)
    return _not_found()


@routes.route(PATHS[1], methods=["GET"])
def show_reference() -> ChaliceResponse:
    """Return the page."""
    from chalicelib.edge.reference.files import page

    return _respond(page(), _PAGE_HEADERS)


@routes.route(PATHS[2], methods=["GET"])
def read_reference_file(digest: str, name: str) -> ChaliceResponse:
    """Return a file of the page."""
    return _file(digest, name)


@routes.route(PATHS[3], methods=["GET"])
def read_reference_chunk(digest: str, name: str) -> ChaliceResponse:
    """Return a part of Scalar that its main file imports."""
    return _file(digest, f"chunks/{name}")


def _file(digest: str, name: str) -> ChaliceResponse:
    from chalicelib.edge.reference import files

    content = files.read_file(name) if digest == files.digest() else None
    if content is None:
        return _not_found()
    media_type = files.MEDIA_TYPES[PurePosixPath(name).suffix]
    return _respond(content, {"Content-Type": media_type, "Cache-Control": _KEPT})


def _respond(body: str, headers: Mapping[str, str], status: int = HTTPStatus.OK) -> ChaliceResponse:
    return ChaliceResponse(body, {**SECURITY_HEADERS, **headers, REQUEST_ID: _request_id()}, status)


def _not_found() -> ChaliceResponse:
    return error_response(RouteNotFound(), _request_id())


def _request_id() -> str:
    return request_id(routes.current_request.context)

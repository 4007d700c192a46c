"""Serves the embedded S3 on the port of the local stack, for calls of the app and presigned URLs of its clients.

The app signs URLs for one host, its own address. A phone that reached the stack under another one cannot use them. So
responses of the API name the host of their request instead, and requests are verified as if they named the app's.

Browsers may use it from pages of all origins, as the CORS rules of the deployed bucket allow.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from infra.local.asgi import AsgiResponse, ClientGone, Receive, Scope, Send, TooLarge, headers_of, read_body, respond
from infra.local.objects import ObjectResponse, ObjectService
from infra.local.threads import Threads

OBJECTS_PREFIX = "/_s3"
_HOST = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
_MAX_BYTES = 25 * 1024 * 1024
_CORS = {"access-control-allow-origin": "*", "access-control-expose-headers": "ETag"}
_PREFLIGHT = {**_CORS, "access-control-allow-methods": "GET, HEAD, POST", "access-control-allow-headers": "*"}
_TOO_LARGE = b"<Error><Code>EntityTooLarge</Code><Message>The request is too large</Message></Error>"


class ObjectGateway:
    """The service as an ASGI application."""

    def __init__(self, service: ObjectService, threads: Threads, url: str) -> None:
        self._service = service
        self._threads = threads
        self._origin = url.removesuffix(OBJECTS_PREFIX)
        self._host = urlsplit(url).netloc

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["method"] == "OPTIONS":
            await respond(send, AsgiResponse(200, _PREFLIGHT))
            return
        headers = headers_of(scope)
        try:
            body = await read_body(scope, receive, _MAX_BYTES)
        except ClientGone:
            return
        except TooLarge:
            await respond(send, AsgiResponse(400, _CORS, _TOO_LARGE))
            return
        url = f"{self._origin}{scope['raw_path'].decode('ascii')}"
        if scope["query_string"]:
            url += f"?{scope['query_string'].decode('ascii')}"
        call = partial(self._service.handle, scope["method"], url, {**headers, "host": self._host}, body)
        await respond(send, _response(await self._threads.run(call)))


def follow_host(response: AsgiResponse, url: str, host: str) -> AsgiResponse:
    """Return a response whose presigned URLs, which begin with `url`, name the host of the request."""
    if not _HOST.fullmatch(host) or host == urlsplit(url).netloc:
        return response
    followed = f"http://{host}{OBJECTS_PREFIX}/"
    return replace(response, body=response.body.replace(f"{url}/".encode(), followed.encode()))


def _response(result: ObjectResponse) -> AsgiResponse:
    headers = {name: value for name, value in result.headers.items() if name != "content-length"}
    return AsgiResponse(result.status, {**_CORS, **headers}, result.body)

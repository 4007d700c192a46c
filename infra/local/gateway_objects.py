"""The embedded S3 on the port of the local stack: the app's own calls, and the presigned addresses of its clients.

Browsers may use it from pages of other origins, as the bucket's own rules allow once deployed.
"""

from __future__ import annotations

from functools import partial

from infra.local.asgi import Answer, ClientGone, Receive, Scope, Send, TooLarge, headers_of, read_body, respond
from infra.local.objects import ObjectAnswer, ObjectService
from infra.local.threads import Threads

OBJECTS_PREFIX = "/_s3"
_MOST = 25 * 1024 * 1024
_CORS = {"access-control-allow-origin": "*", "access-control-expose-headers": "ETag"}
_PREFLIGHT = {**_CORS, "access-control-allow-methods": "GET, HEAD, POST", "access-control-allow-headers": "*"}
_TOO_LARGE = b"<Error><Code>EntityTooLarge</Code><Message>That is too large</Message></Error>"


class ObjectGateway:
    """The service as an ASGI application."""

    def __init__(self, service: ObjectService, threads: Threads) -> None:
        self._service = service
        self._threads = threads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] == "OPTIONS":
            await respond(send, Answer(200, _PREFLIGHT))
            return
        headers = headers_of(scope)
        try:
            body = await read_body(scope, receive, _MOST)
        except ClientGone:
            return
        except TooLarge:
            await respond(send, Answer(400, _CORS, _TOO_LARGE))
            return
        # Signed is the address as it was sent, with the host that the client named.
        url = f"http://{headers.get('host', '')}{scope['raw_path'].decode('ascii')}"
        if scope["query_string"]:
            url += f"?{scope['query_string'].decode('ascii')}"
        call = partial(self._service.handle, scope["method"], url, headers, body)
        await respond(send, _answer(await self._threads.run(call)))


def _answer(given: ObjectAnswer) -> Answer:
    headers = {name: value for name, value in given.headers.items() if name != "content-length"}
    return Answer(given.status, {**_CORS, **headers}, given.body)

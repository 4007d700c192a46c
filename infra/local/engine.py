"""An embedded DynamoDB, which the local stack, tests and benchmarks use if no endpoint is configured.

`EmbeddedEngine` handles the DynamoDB calls of this process without a network, and `python -m infra.local.engine` serves
them over HTTP to other processes. The data model is moto's, with atomic operations, stricter validation, and enough
speed for a hundred thousand items; the modules `engine_*` implement this, one concern each.

Limits: data is lost when the process ends, and features of DynamoDB that moto lacks are missing.
"""

import argparse
import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import ClassVar, Self

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.endpoint import Endpoint

from infra.local.engine_hooks import Callback, Fault, Hook
from infra.local.engine_patches import patched_moto, replaced
from infra.local.engine_response import CONTENT_TYPE, EngineResponse
from infra.local.engine_store import Snapshot, Store

_DYNAMODB = re.compile(
    r"https?://(\d{12}\.ddb|dynamodb)(-fips)?\.[a-z0-9-]+\.(amazonaws\.com(\.cn)?|api\.aws)(:\d+)?(/|$)"
)

# Each of these would make clients bypass the engine or look for a profile that does not exist.
_REMOVED_VARIABLES = ("AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB")


class EmbeddedEngine(AbstractContextManager["EmbeddedEngine"]):
    """A DynamoDB inside this process, for all botocore clients in it, whenever they were created.

    While it runs, it handles calls to DynamoDB at AWS; all other requests, including those to an engine on 127.0.0.1,
    are sent as usual. Any number of threads may call. It sets random credentials and a region in the environment.
    `stop` restores the environment and drops all tables. Moto's `mock_aws` must pass `dynamodb` through meanwhile.
    """

    _running: ClassVar["EmbeddedEngine | None"] = None

    def __init__(self) -> None:
        self._store = Store()
        self._stack = ExitStack()

    def start(self) -> None:
        """Start handling calls. Raise RuntimeError if an engine of this process is running."""
        if EmbeddedEngine._running is not None:
            raise RuntimeError("An embedded engine is already running in this process")
        with ExitStack() as stack:
            stack.enter_context(patched_moto())
            stack.enter_context(_environment())
            stack.enter_context(replaced(Endpoint, "_send", _intercepting(self.handle)))
            self._stack = stack.pop_all()
        EmbeddedEngine._running = self

    def stop(self) -> None:
        """Stop handling calls, drop all tables and hooks, and restore the environment, if the engine is running."""
        if EmbeddedEngine._running is self:
            EmbeddedEngine._running = None
            self._stack.close()
            self._store = Store()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def handle(self, operation: str, body: bytes | str) -> EngineResponse:
        """Execute one call given in its wire format, for a server in front of the engine."""
        return self._store.handle(operation, body)

    def clear(self) -> None:
        """Remove all items of all tables. The tables stay."""
        self._store.clear()

    def snapshot(self) -> Snapshot:
        """Return the content of all tables, for `restore`. It takes microseconds."""
        return self._store.snapshot()

    def restore(self, snapshot: Snapshot) -> None:
        """Set the content of all tables to a snapshot."""
        self._store.restore(snapshot)

    def fail_next(
        self,
        operation: str | None,
        error_code: str,
        times: int = 1,
        *,
        reasons: Sequence[str] | None = None,
        after: bool = False,
    ) -> None:
        """Return an error for the next `times` calls of an operation (None: any).

        `error_code` is DynamoDB's, such as `ThrottlingException`, `ProvisionedThroughputExceededException`,
        `InternalServerError`, `TransactionInProgressException` or `TransactionCanceledException`. The last one has the
        reason `TransactionConflict` for each item, or `reasons`, one code per item (`"None"` for no reason). With
        `after`, the call takes effect, as if only its response was lost. Clients may retry on their own.
        """
        self._store.hooks.fail(Fault(operation, error_code, times, reasons, after))

    def answer_next(
        self,
        operation: str | None,
        body: bytes,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        times: int = 1,
        after: bool = False,
    ) -> None:
        """Answer the next `times` calls of an operation (None: any) with this body, which need not be one of DynamoDB.

        With `after`, the calls take effect.
        """
        answer = EngineResponse(status, body, headers or {})
        self._store.hooks.fail(Fault(operation, "", times, None, after, answer))

    def before(self, operation: str | None, callback: Callback, times: int | None = None) -> Hook:
        """Call `callback(operation, request)` before each call of an operation (None: any) is executed.

        It runs in the calling thread without a lock, so it may write through the same engine; hooks and faults do not
        apply to these calls. The client sees its exceptions as network failures. The hook ends with `remove()`, at the
        end of a `with` block, or after `times` calls.
        """
        return self._store.hooks.add(operation, callback, times)

    def remove_hooks(self) -> None:
        """Remove all hooks and all pending errors."""
        self._store.hooks.clear()


def is_embedded(url: str) -> bool:
    """Return whether the running engine answers requests to this address."""
    return _DYNAMODB.match(url) is not None


class _Body:
    """A response body in memory."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content


def _intercepting(
    handle: Callable[[str, bytes | str], EngineResponse],
) -> Callable[[Endpoint, AWSPreparedRequest], AWSResponse]:
    """Return a replacement of `Endpoint._send`, the method with which all botocore clients send requests."""
    send: Callable[[Endpoint, AWSPreparedRequest], AWSResponse] = vars(Endpoint)["_send"]

    def answer(endpoint: Endpoint, request: AWSPreparedRequest) -> AWSResponse:
        if not is_embedded(request.url):
            return send(endpoint, request)
        target = request.headers["X-Amz-Target"]
        name = target.decode() if isinstance(target, bytes) else target
        body = request.body if isinstance(request.body, bytes | str) else b""
        response = handle(name.partition(".")[2], body)
        own = {"Content-Type": CONTENT_TYPE, "x-amzn-RequestId": secrets.token_hex(16)}
        headers = HTTPHeaders.from_dict({**own, **response.headers})
        return AWSResponse(request.url, response.status, headers, _Body(response.body))

    return answer


@contextmanager
def _environment() -> Iterator[None]:
    """Set random credentials, and remove variables that point elsewhere."""
    region = os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION") or "us-east-1"
    variables = {
        "AWS_ACCESS_KEY_ID": f"local{secrets.token_hex(8)}",
        "AWS_SECRET_ACCESS_KEY": f"local{secrets.token_hex(16)}",
        "AWS_DEFAULT_REGION": region,
    }
    before = {name: os.environ.pop(name, None) for name in (*variables, *_REMOVED_VARIABLES)}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve an engine over HTTP until Ctrl-C or SIGTERM."""
    from infra.local.engine_server import serve

    parser = argparse.ArgumentParser(
        prog="python -m infra.local.engine", description="Serve an in-memory DynamoDB over HTTP."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001, help="0 selects a free port (default: %(default)s)")
    options = parser.parse_args(arguments)
    serve(options.host, options.port)


if __name__ == "__main__":
    main()

"""An embedded DynamoDB: what the local stack, the tests and the benchmarks stand on when no endpoint is named.

`EmbeddedEngine` answers the DynamoDB calls of this process without a network, and `python -m infra.local.engine`
serves the same thing over HTTP to other processes. The data model is moto's, made atomic for threads, strict in what
it refuses, and fast enough for a hundred thousand items; the modules `engine_*` beside this one do that, one concern
each.

Traded away: nothing is kept when the process ends, and what moto does not know of DynamoDB, this does not know
either.
"""

import argparse
import os
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import ClassVar, Self

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.endpoint import Endpoint

from infra.local.engine_answer import CONTENT_TYPE, Answer
from infra.local.engine_hooks import Callback, Fault, Hook
from infra.local.engine_patches import patched_moto, replaced
from infra.local.engine_store import Snapshot, Store

_DYNAMODB = re.compile(
    r"https?://(\d{12}\.ddb|dynamodb)(-fips)?\.[a-z0-9-]+\.(amazonaws\.com(\.cn)?|api\.aws)(:\d+)?(/|$)"
)

# Each of these would lead a client past the engine or make it look for what is not there.
_CLEARED = ("AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB")


class EmbeddedEngine(AbstractContextManager["EmbeddedEngine"]):
    """A DynamoDB inside this process, for every client of botocore in it, whenever it was made.

    While it runs, calls to DynamoDB at AWS are answered here; all other requests, also those to an engine on
    127.0.0.1, go their way. Any number of threads may call. The environment has made-up credentials and a region, and
    is as before after `stop`, when all tables are gone. Moto's own `mock_aws` must leave `dynamodb` alone meanwhile
    (its `passthrough`).
    """

    _running: ClassVar["EmbeddedEngine | None"] = None

    def __init__(self) -> None:
        self._store = Store()
        self._stack = ExitStack()

    def start(self) -> None:
        """Begin to answer. Raises RuntimeError if an engine of this process already does."""
        if EmbeddedEngine._running is not None:
            raise RuntimeError("An embedded engine is already running in this process")
        with ExitStack() as stack:
            stack.enter_context(patched_moto())
            stack.enter_context(_environment())
            stack.enter_context(replaced(Endpoint, "_send", _intercepting(self.handle)))
            self._stack = stack.pop_all()
        EmbeddedEngine._running = self

    def stop(self) -> None:
        """Stop answering, drop all tables and hooks, and put everything back; harmless if it does not run."""
        if EmbeddedEngine._running is self:
            EmbeddedEngine._running = None
            self._stack.close()
            self._store = Store()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def handle(self, operation: str, body: bytes | str) -> Answer:
        """Carry out one call given as its wire form; what a server in front of this engine needs."""
        return self._store.handle(operation, body)

    def clear(self) -> None:
        """Empty all tables, at once and keeping their definitions, for the next test."""
        self._store.clear()

    def snapshot(self) -> Snapshot:
        """Return what all tables hold now, for `restore`. It takes microseconds."""
        return self._store.snapshot()

    def restore(self, snapshot: Snapshot) -> None:
        """Let all tables hold what they held when the snapshot was taken, and nothing else."""
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
        """Let the next `times` calls of an operation (None: any) answer with an error.

        `error_code` is DynamoDB's, such as `ThrottlingException`, `ProvisionedThroughputExceededException`,
        `InternalServerError`, `TransactionInProgressException` or `TransactionCanceledException`; the last one names
        `TransactionConflict` for each item, or the `reasons` given, one code per item (`"None"` for an item without).
        With `after` the call takes effect all the same, as when only its answer was lost. Mind that a client with
        retries tries again on its own.
        """
        self._store.hooks.fail(Fault(operation, error_code, times, reasons, after))

    def before(self, operation: str | None, callback: Callback, times: int | None = None) -> Hook:
        """Call `callback(operation, request)` just before each call of an operation (None: any) is carried out.

        It runs in the calling thread and under no lock, so it may write through the same engine; such calls meet
        neither hooks nor faults. What it raises reaches the client like a failure of the network. The hook goes with
        its `remove()`, at the end of a `with`, or after `times` calls.
        """
        return self._store.hooks.add(operation, callback, times)

    def remove_hooks(self) -> None:
        """Take away all hooks and all errors still to come."""
        self._store.hooks.clear()


def is_embedded(url: str) -> bool:
    """Return whether the running engine answers requests to this address."""
    return _DYNAMODB.match(url) is not None


class _Body:
    """A response body that is already there."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content


def _intercepting(
    handle: Callable[[str, bytes | str], Answer],
) -> Callable[[Endpoint, AWSPreparedRequest], AWSResponse]:
    """Return what replaces `Endpoint._send`, where botocore leaves for the network for any of its clients."""
    send: Callable[[Endpoint, AWSPreparedRequest], AWSResponse] = vars(Endpoint)["_send"]

    def answer(endpoint: Endpoint, request: AWSPreparedRequest) -> AWSResponse:
        if not is_embedded(request.url):
            return send(endpoint, request)
        target = request.headers["X-Amz-Target"]
        name = target.decode() if isinstance(target, bytes) else target
        body = request.body if isinstance(request.body, bytes | str) else b""
        given = handle(name.partition(".")[2], body)
        headers = HTTPHeaders.from_dict({"Content-Type": CONTENT_TYPE, "x-amzn-RequestId": secrets.token_hex(16)})
        return AWSResponse(request.url, given.status, headers, _Body(given.body))

    return answer


@contextmanager
def _environment() -> Iterator[None]:
    """Give the process credentials that are obviously none of AWS, and take away what points elsewhere."""
    region = os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION") or "us-east-1"
    given = {
        "AWS_ACCESS_KEY_ID": f"local{secrets.token_hex(8)}",
        "AWS_SECRET_ACCESS_KEY": f"local{secrets.token_hex(16)}",
        "AWS_DEFAULT_REGION": region,
    }
    before = {name: os.environ.pop(name, None) for name in (*given, *_CLEARED)}
    os.environ.update(given)
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
        prog="python -m infra.local.engine", description="An in-memory DynamoDB over HTTP."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001, help="0 takes a free one")
    options = parser.parse_args(arguments)
    serve(options.host, options.port)


if __name__ == "__main__":
    main()

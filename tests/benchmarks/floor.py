"""The floor: the calls of an endpoint, repeated by plain botocore in the same sequence and concurrency.

A handler's time over this is what Baton, Chalice and PynamoDB take together. The client is botocore's own as it comes,
but for the checking of parameters, which the application does without, too: with it the floor would be higher.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import get_session

from tests.benchmarks.metered import Call

_AT_ONCE = 72

Round = Sequence[Callable[[], object]]


class Floor:
    """Replays calls through a plain client."""

    def __init__(self) -> None:
        config = Config(max_pool_connections=_AT_ONCE, parameter_validation=False)
        self._client: Any = get_session().create_client("dynamodb", config=config)
        self._pool = ThreadPoolExecutor(_AT_ONCE)
        list(self._pool.map(lambda _: time.sleep(0.01), range(_AT_ONCE)))

    def prepare(self, calls: Sequence[Call], sizes: Sequence[int]) -> list[Round]:
        """Prepare the calls; `sizes` has the number of concurrent calls per round."""
        if len(calls) != sum(sizes):
            raise RuntimeError(f"{len(calls)} calls came where {sum(sizes)} were seen before")
        left = iter(calls)
        return [[self._ready(next(left)) for _ in range(size)] for size in sizes]

    def replay(self, rounds: Sequence[Round]) -> None:
        """Make the calls; one that is rejected was rejected before, too."""
        for calls in rounds:
            if len(calls) == 1:
                calls[0]()
            else:
                for future in [self._pool.submit(call) for call in calls]:
                    future.result()

    def _ready(self, call: Call) -> Callable[[], object]:
        request = json.loads(call.body)
        if "ClientRequestToken" in request:
            request["ClientRequestToken"] = secrets.token_hex(16)
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", call.operation).lower()
        return partial(_made, getattr(self._client, name), request)


def _made(method: Callable[..., object], request: dict[str, Any]) -> None:
    try:
        method(**request)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise

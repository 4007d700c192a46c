"""The functions' policies, heeded in every test that has an engine and a world on it.

What AWS would refuse, a test notices here: each call of DynamoDB and S3 that a function makes is held against the
policy of that function. So what a rare branch needs is found by the test of that branch.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from functools import cache
from typing import Any, Self

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.endpoint import Endpoint

from chalicelib.core.settings import settings
from infra.local.engine_patches import replaced
from infra.policies.document import document
from infra.policies.functions import ROLES
from infra.stacks.functions import functions
from tests.builders.cloud_access import SOCKET_API, Access, Asked, accesses, service_of
from tests.builders.iam import Policy, allows
from tests.builders.running import current


@cache
def policies() -> Mapping[str, Policy]:
    """The policy of each function, for the stage that tests run on."""
    config = settings()
    return {
        one.name: document(ROLES[one.name], one.full_name(config.stage), config, socket_api=SOCKET_API)
        for one in functions()
    }


def refusal(function: str, access: Access) -> str:
    """That a function may not do something, in words."""
    place = access.resource.split(":", 5)[-1]
    return f"{function} may not {access.action} on {place}: see infra/policies/functions.py"


class Guard(AbstractContextManager["Guard"]):
    """Watches the calls of this process while the block runs; the engine and the S3 have to be there before."""

    def __init__(self) -> None:
        self._refused: set[str] = set()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.enter_context(replaced(Endpoint, "_send", self._watching(vars(Endpoint)["_send"])))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def check(self) -> None:
        """Raises `AssertionError` if a function did something since the last check that it may not do."""
        refused, self._refused = self._refused, set()
        assert not refused, "\n".join(sorted(refused))

    def _watching(self, send: Any) -> Any:
        def answer(endpoint: Endpoint, request: AWSPreparedRequest) -> AWSResponse:
            given: AWSResponse = send(endpoint, request)
            function = current()
            if function is not None and function in policies() and service_of(request) is not None:
                asked = Asked.of(request)
                self._refused.update(
                    refusal(function, one) for one in accesses(asked, given.status_code) if not _allowed(function, one)
                )
            return given

        return answer


@cache
def _allowed(function: str, access: Access) -> bool:
    return allows(policies()[function], access)

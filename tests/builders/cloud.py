"""The AWS of a deployment, in this process: it answers what the application calls, and notes who called what.

DynamoDB and S3 are the embedded ones; Lambda, API Gateway's sockets, SES, SNS and Secrets Manager are answered here, as
shortly as the application needs. Calls are taken where botocore leaves for the network, so none is missed, whoever
makes it. Each is noted as IAM sees it, for the function that is running: the context of a call says which that is, also
in the threads that the call starts.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, suppress
from io import BytesIO
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.endpoint import Endpoint

from infra.local.engine_patches import replaced
from tests.builders.cloud_access import Access, Asked, accesses
from tests.builders.running import current, running
from tests.builders.sockets import Sent

Function = Callable[[Any, Any], object]
_XML = "<{0}Response><{0}Result>{1}</{0}Result><ResponseMetadata/></{0}Response>"


class Use(NamedTuple):
    """That a function did something with something."""

    function: str
    access: Access


class _Told(NamedTuple):
    """An answer of a service."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = {}


class Cloud(AbstractContextManager["Cloud"]):
    """AWS, while the block runs. It needs an embedded engine, and for files an embedded S3, beneath it.

    `functions` are those that others may invoke, by name; `secrets` what Secrets Manager holds.
    """

    def __init__(self, prefix: str, functions: Mapping[str, Function], secrets: Mapping[str, str]) -> None:
        self.uses: set[Use] = set()
        self.messages: dict[str, list[Sent]] = defaultdict(list)
        """What arrived at each socket."""
        self.sent_texts: list[str] = []
        """The texts of e-mails and SMS."""
        self.refusing: set[str] = set()
        """Sockets that the gateway cannot post to for now."""
        self.gone: set[str] = set()
        """Sockets that were closed, and devices that take nothing any more."""
        self._prefix = prefix
        self._functions = functions
        self._secrets = secrets
        self._invoked: deque[tuple[str, Any]] = deque()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.enter_context(replaced(Endpoint, "_send", self._intercepting(vars(Endpoint)["_send"])))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def settle(self) -> None:
        """Run what was invoked without waiting for it. Others may do the same at the same moment."""
        with suppress(IndexError):
            while current() is None:
                name, payload = self._invoked.popleft()
                with running(name):
                    self._functions[name](payload, None)

    def note(self, access: Access) -> None:
        """Something was done in the name of the function that is running."""
        function = current()
        if function is not None:
            self.uses.add(Use(function, access))
        elif threading.current_thread() is not threading.main_thread():
            raise AssertionError(f"nobody knows for whom this is done: {access}")

    def _intercepting(self, send: Callable[[Endpoint, AWSPreparedRequest], AWSResponse]) -> Any:
        def answer(endpoint: Endpoint, request: AWSPreparedRequest) -> AWSResponse:
            asked = Asked.of(request)
            given = self._answered(endpoint, request, asked, send)
            for access in accesses(asked, given.status_code):
                self.note(access)
            return given

        return answer

    def _answered(self, endpoint: Endpoint, request: AWSPreparedRequest, asked: Asked, send: Any) -> AWSResponse:
        services: dict[str, Callable[[Asked], _Told]] = {
            "lambda": self._invoke,
            "execute-api": self._post,
            "ses": self._mail,
            "sns": self._sns,
            "secretsmanager": self._secret,
        }
        if asked.service not in services:
            given: AWSResponse = send(endpoint, request)
            return given
        told = services[asked.service](asked)
        return AWSResponse(request.url, told.status, HTTPHeaders.from_dict(dict(told.headers)), _Body(told.body))

    def _invoke(self, asked: Asked) -> _Told:
        name = (asked.path.split("/")[3]).removeprefix(self._prefix)
        if name not in self._functions:
            return _Told(404, "{}", {"x-amzn-errortype": "ResourceNotFoundException"})
        self._invoked.append((name, json.loads(asked.body)))
        return _Told(202)

    def _post(self, asked: Asked) -> _Told:
        connection_id = asked.path.rpartition("/")[2]
        if connection_id in self.gone:
            return _Told(410, "{}", {"x-amzn-errortype": "GoneException"})
        if asked.method == "DELETE":
            self.gone.add(connection_id)
            return _Told(204)
        if connection_id in self.refusing:
            return _Told(429, "{}", {"x-amzn-errortype": "LimitExceededException"})
        self.messages[connection_id].append(Sent(**json.loads(asked.body)))
        return _Told(200)

    def _mail(self, asked: Asked) -> _Told:
        self.sent_texts.append(json.loads(asked.body)["Content"]["Simple"]["Body"]["Text"]["Data"])
        return _Told(200, '{"MessageId": "1"}')

    def _sns(self, asked: Asked) -> _Told:
        form = {name: values[0] for name, values in parse_qs(asked.body).items()}
        if form.get("TargetArn", "").rpartition("/")[2] in self.gone:
            error = "<ErrorResponse><Error><Code>EndpointDisabled</Code></Error></ErrorResponse>"
            return _Told(400, error)
        if form["Action"] == "CreatePlatformEndpoint":
            made = form["PlatformApplicationArn"].replace(":app/", ":endpoint/")
            return _Told(
                200, _XML.format("CreatePlatformEndpoint", f"<EndpointArn>{made}/{form['Token']}</EndpointArn>")
            )
        if "PhoneNumber" in form:
            self.sent_texts.append(form["Message"])
        return _Told(200, _XML.format(form["Action"], "<MessageId>1</MessageId>"))

    def _secret(self, asked: Asked) -> _Told:
        name = json.loads(asked.body)["SecretId"]
        return _Told(200, json.dumps({"Name": name, "SecretString": self._secrets[name]}))


class _Body(BytesIO):
    """The body of a response, as botocore reads it."""

    def __init__(self, text: str) -> None:
        super().__init__(text.encode())

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()

"""Requests to DynamoDB are signed as botocore would sign them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import NoCredentialsError

from chalicelib.core.signing import RequestSigner

HEADERS = {
    "X-Amz-Target": "DynamoDB_20120810.GetItem",
    "Content-Type": "application/x-amz-json-1.0",
    "User-Agent": "baton",
    "amz-sdk-request": " attempt=1 ",
}


def now() -> datetime:
    return datetime(2026, 3, 1, 9, 0, 1, tzinfo=UTC)


def request(url: str) -> AWSRequest:
    return AWSRequest("POST", url, dict(HEADERS), '{"TableName": "é"}'.encode())


@pytest.mark.parametrize("token", [None, "a/token+of=a session"])
@pytest.mark.parametrize(
    "url",
    [
        "https://dynamodb.eu-west-1.amazonaws.com/",
        "https://dynamodb.eu-west-1.amazonaws.com:443/",
        "http://127.0.0.1:4566/",
        "http://localhost:80/",
        "http://[::1]:4566/",
    ],
)
def test_a_signature_is_that_of_botocore(url: str, token: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    credentials = Credentials("AKID", "a secret", token)
    monkeypatch.setattr(auth, "get_current_datetime", now)
    ours, theirs = request(url), request(url)
    RequestSigner(credentials, "eu-west-1", now)(ours)
    auth.SigV4Auth(credentials.get_frozen_credentials(), "dynamodb", "eu-west-1").add_auth(theirs)
    assert dict(ours.headers.items()) == dict(theirs.headers.items())


def test_without_credentials_nothing_is_sent() -> None:
    signer: Any = RequestSigner(None, "eu-west-1")
    with pytest.raises(NoCredentialsError):
        signer(request("https://dynamodb.eu-west-1.amazonaws.com/"))

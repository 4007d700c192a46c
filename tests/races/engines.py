"""The engine of a race: the embedded one, or another by its URL."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from chalicelib.core import aws
from chalicelib.core.settings import settings
from infra.tables import create_missing, definitions
from tests.environment import read_settings_again

NAMED = "BATON_TEST_ENGINE"
_ENDPOINT = "BATON_DYNAMODB_ENDPOINT"
_MADE_UP = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
_PATIENCE = {"BATON_READ_TIMEOUT_S": "60"}  # an engine is not away because the machine it shares is busy


def named_engine() -> str | None:
    """Return the URL of the engine for the tests, if one is configured."""
    return os.environ.get(NAMED) or None  # noqa: TID251 - chosen by who starts the tests


@contextmanager
def pointed_at(url: str) -> Iterator[None]:
    """Let the application, in this process and in its child processes, use the engine at this URL."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(_ENDPOINT, url)
        for name, value in (_MADE_UP | _PATIENCE).items():
            patch.setenv(name, value)
        _forget()
        yield
    _forget()


def emptied() -> None:
    """Create missing tables, and empty the others."""
    client = aws.client("dynamodb", settings().dynamodb_endpoint)
    create_missing(client)
    for table in definitions(settings().stage):
        for page in client.get_paginator("scan").paginate(TableName=table.name, ProjectionExpression="pk, sk"):
            _delete(client, table.name, page["Items"])


def _delete(client: Any, table: str, keys: list[dict[str, Any]]) -> None:
    for start in range(0, len(keys), 25):
        requests = [{"DeleteRequest": {"Key": key}} for key in keys[start : start + 25]]
        client.batch_write_item(RequestItems={table: requests})


def _forget() -> None:
    read_settings_again()
    aws.forget_clients()

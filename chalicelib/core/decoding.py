"""Decodes responses of DynamoDB as plain JSON.

botocore visits every attribute of every item to convert binary values and times: a fifth of a call's processor time,
and more for queries. Baton's items contain neither, so msgspec decodes responses that consist of items. Responses with
binary values, and all other kinds, are decoded by botocore.

Traded away: this uses a private method of botocore. The pinned version has it, and a test compares the results.
"""

from typing import Any

import msgspec
from botocore.parsers import JSONParser, ResponseParserFactory

_OF_ITEMS = frozenset(
    f"{name}Output" for name in ("BatchGetItem", "GetItem", "Query", "TransactWriteItems", "UpdateItem")
)
_BINARY = (b'"B"', b'"BS"')


class _ItemsParser(JSONParser):
    def _handle_json_body(self, raw_body: Any, shape: Any) -> Any:
        if shape.name not in _OF_ITEMS or not raw_body or any(mark in raw_body for mark in _BINARY):
            return super()._handle_json_body(raw_body, shape)  # type: ignore[misc]
        return msgspec.json.decode(raw_body)


class ItemsParserFactory(ResponseParserFactory):
    """Creates response parsers; for `Session.register_component`."""

    def create_parser(self, protocol_name: str) -> Any:
        """Return the fast parser for JSON, else that of botocore."""
        return _ItemsParser() if protocol_name == "json" else super().create_parser(protocol_name)

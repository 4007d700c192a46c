"""Answers of DynamoDB, read as the JSON that they are.

botocore walks through every attribute of every item to turn what JSON cannot express, binary values and times, into
Python's types: a fifth of a call's processor time, and more for a page of a query. Items of ours hold neither. So an
answer that consists of items is decoded by msgspec and taken as it is; one with binary values in it, and every other
kind of answer, goes botocore's way.

Traded away: this builds on a method of botocore that is not public; the pinned version has it, and a test compares.
"""

from __future__ import annotations

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
    """Makes the parser for DynamoDB's protocol; what `Session.register_component` takes."""

    def create_parser(self, protocol_name: str) -> Any:
        """Ours for JSON, botocore's own for anything else."""
        return _ItemsParser() if protocol_name == "json" else super().create_parser(protocol_name)

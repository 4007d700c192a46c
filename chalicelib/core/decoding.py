"""Decodes responses of DynamoDB as plain JSON.

botocore visits every attribute of every item to convert binary values and times: a fifth of a call's processor time,
and more for queries. Baton's items contain neither, so msgspec decodes responses that consist of items. Responses with
binary values, and all other kinds, are decoded by botocore.

A response that is cut, has another checksum than its header says, or is no JSON object, is not a response of DynamoDB:
it becomes the error `ServiceUnavailable`, so that the client repeats the call as after a lost response. botocore would
end the call with an exception, or take the response for an empty one.

Traded away: this uses private methods of botocore. The pinned version has them, and a test compares the results.
"""

from typing import Any
from zlib import crc32

import msgspec
from botocore.parsers import JSONParser, ResponseParserError, ResponseParserFactory

from chalicelib.core.aws import UNREADABLE

_OF_ITEMS = frozenset(
    f"{name}Output" for name in ("BatchGetItem", "GetItem", "Query", "TransactWriteItems", "UpdateItem")
)
_BINARY = (b'"B"', b'"BS"')


class _ItemsParser(JSONParser):
    def parse(self, response: Any, shape: Any) -> Any:
        try:
            _check_sum(response)
            parsed = super().parse(response, shape)
        except (ResponseParserError, ValueError, TypeError, AttributeError, msgspec.MsgspecError) as error:
            return _unreadable(response, repr(error))
        code = parsed.get("Error", {}).get("Code", UNREADABLE)
        # botocore takes the status for the code of an error that DynamoDB did not write, such as a proxy's page.
        return _unreadable(response, f"status {code}") if not code or code.isdigit() else parsed

    def _parse_body_as_json(self, body_contents: Any) -> Any:
        body = msgspec.json.decode(body_contents)
        if not isinstance(body, dict):
            raise TypeError("the response is not a JSON object")
        return body

    def _handle_json_body(self, raw_body: Any, shape: Any) -> Any:
        if shape.name not in _OF_ITEMS or any(mark in raw_body for mark in _BINARY):
            return super()._handle_json_body(raw_body, shape)  # type: ignore[misc]
        return self._parse_body_as_json(raw_body)


def _check_sum(response: Any) -> None:
    expected = response["headers"].get("x-amz-crc32")
    if expected is not None and int(expected) != crc32(response["body"]):
        raise ValueError("the response has another checksum than its header")


def _unreadable(response: Any, reason: str) -> dict[str, Any]:
    return {
        "Error": {"Code": UNREADABLE, "Message": f"unreadable response: {reason}"},
        "ResponseMetadata": {"HTTPStatusCode": response["status_code"], "HTTPHeaders": dict(response["headers"])},
    }


class ItemsParserFactory(ResponseParserFactory):
    """Creates response parsers; for `Session.register_component`."""

    def create_parser(self, protocol_name: str) -> Any:
        """Return the fast parser for JSON, else that of botocore."""
        return _ItemsParser() if protocol_name == "json" else super().create_parser(protocol_name)

"""Encodes requests to DynamoDB as plain JSON.

PynamoDB passes attribute values as DynamoDB expects them. botocore visits each of them again, to encode binary values
and times: a tenth of a call's processor time, and more for transactions. Requests with binary values are encoded by
botocore.

Traded away: this uses private methods of botocore. The pinned version has them, and a test compares the results.
"""

from typing import Any

from botocore.serialize import JSONSerializer


class _AsGiven(JSONSerializer):
    def _serialize(self, serialized: Any, value: Any, _shape: Any, _key: Any = None) -> None:
        serialized.update(value)


class ItemsSerializer(JSONSerializer):
    """Encodes requests; for a client of DynamoDB."""

    def __init__(self) -> None:
        super().__init__()
        self._as_given = _AsGiven()

    def serialize_to_request(self, parameters: Any, operation_model: Any) -> Any:
        """Return the parts of the request."""
        try:
            return self._as_given.serialize_to_request(parameters, operation_model)
        except TypeError:  # JSON has no binary values
            return super().serialize_to_request(parameters, operation_model)

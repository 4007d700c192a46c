"""Field types of packing's requests and records.

Numbers are decoded as floats, within bounds in which a float holds exactly what was written (`core/decimals.py`): a
decimal type would also accept strings, which the contract does not. Responses hold exact decimals.
"""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from chalicelib.edge.types import CODE, SENTENCE, Name
from chalicelib.packing.rules import MAX_PLACES, has_too_many_places

Uuid = Annotated[
    str,
    Meta(
        pattern=r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$(?!\n)",
        extra={SENTENCE: "must be a UUID"},
        extra_json_schema={"format": "uuid"},
    ),
]
"""The id of a shipment, line, plate, box or content; case is ignored."""

Quantity = Annotated[float, Meta(gt=0, le=999_999_999)]

_SINGLE_LINE = Meta(
    min_length=1,
    # `$` alone also matches before a line break at the end.
    pattern=r"^\S+( \S+)*$(?!\n)",
    extra={SENTENCE: "must be one line, without blanks around it or side by side"},
)

Number64 = Annotated[str, _SINGLE_LINE, CODE, Meta(max_length=64)]
"""A number that people scan and type, such as a shipment number; blanks that cannot be seen are refused."""

Text40 = Annotated[Name, Meta(max_length=40)]
Text100 = Annotated[Name, Meta(max_length=100)]
Text200 = Annotated[Name, Meta(max_length=200)]
LineNumber = Annotated[int, Meta(ge=1, le=999_999_999)]


def check_places(present: Mapping[str, object]) -> dict[str, str]:
    """Return an error for each number that has more decimal places than are stored."""
    numbers = {name: value for name, value in present.items() if isinstance(value, float)}
    error = f"must have at most {MAX_PLACES} decimal places"
    return {name: error for name, number in numbers.items() if has_too_many_places(number)}

"""Field types that the requests of all domains share.

They are stricter than `str` or `float`, so that a bad value is refused at the edge with a message: ids become parts of
keys, texts are shown to people, times are converted to UTC. msgspec has no bounds for some of it (sizes of decimals,
NaN, years that no zone can shift); `value_checks.py` checks that for every type.

A text type declares its kind with `Meta(extra={TEXT: ...})`: `normalisation.py` then removes or refuses control and
format characters. A pattern declares its error message with `Meta(extra={SENTENCE: ...})`. Patterns keep to the syntax
that Python and JSON Schema share, since they appear in the OpenAPI document too.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from chalicelib.edge.text import TextKind

SENTENCE = "sentence"
"""Key in `Meta.extra` of the error message for a pattern that does not match."""

TEXT = "text"
"""Key in `Meta.extra` of the `TextKind`."""

NOT_BLANK = Meta(min_length=1, pattern=r"\S", extra={SENTENCE: "must not be empty", TEXT: TextKind.NAME})
"""Text with at least one visible character: a name, unless another kind follows. It needs a `Meta(max_length=...)`."""

NAME = Meta(extra={TEXT: TextKind.NAME})
CODE = Meta(extra={TEXT: TextKind.CODE})
SCAN = Meta(extra={TEXT: TextKind.SCAN})
FREE_TEXT = Meta(extra={TEXT: TextKind.FREE})

Name = Annotated[str, NOT_BLANK]
"""The name of a person, product, place or team; use it as `Annotated[Name, Meta(max_length=100)]`."""

Code = Annotated[str, NOT_BLANK, CODE]
"""A code that identifies something outside Baton, such as a SKU or a shipment number; it needs a `max_length`."""

Scan = Annotated[str, NOT_BLANK, SCAN]
"""What a barcode scanner read, GS1 separators (U+001D) included; it needs a `max_length`."""

Text500 = Annotated[str, NOT_BLANK, FREE_TEXT, Meta(max_length=500)]
"""Text that a person wrote and that must not be blank, such as an address or a reason."""

Text100 = Annotated[str, NOT_BLANK, Meta(max_length=100)]
"""A short name or term that must not be blank, such as a team or a game zone."""

Note500 = Annotated[str, FREE_TEXT, Meta(max_length=500)]
"""Text that a person may leave blank."""

Phone32 = Annotated[
    Code, Meta(max_length=32, description="A telephone number in any notation, for people to read and dial.")
]

Latitude = Annotated[float, Meta(ge=-90, le=90, description="Degrees north (WGS 84).")]
Longitude = Annotated[float, Meta(ge=-180, le=180, description="Degrees east (WGS 84).")]

# `$` alone also matches before a line break at the end, and such an id would name another item than it seems to.
EntityId = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=r"^[A-Za-z0-9._-]+$(?!\n)",
        extra={SENTENCE: "must consist of letters, digits, '.', '_' and '-' only"},
    ),
]
"""The id of an entity. It has none of the separators of our keys, so no id can reach into another's key."""

Limit = Annotated[int, Meta(ge=1, le=100, description="The largest number of entries to return, 1 to 100.")]

Cursor = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=2048,
        description="The start of the page, as the previous page returned it. Opaque; without it, the first page.",
    ),
]

Moment = Annotated[datetime, Meta(tz=True)]
"""A point in time with its offset; without one it would mean a different moment for each reader."""

"""Field types that every domain's requests share.

They say more than `str` or `float` so that a bad value ends as one sentence at the edge and not as a surprise in the
store: ids become parts of keys, texts are shown to people, times are converted to UTC. What a bound cannot express,
because msgspec has none for it (sizes of decimals, NaN, years that no zone can shift), `flaws.py` checks for all.

`extra={SENTENCE: ...}` on a pattern is what the client reads when the pattern does not match, instead of the pattern.
Patterns keep to what Python and JSON Schema both understand, since they appear in the OpenAPI document too.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

SENTENCE = "sentence"
"""Key in `Meta.extra` under which a pattern says what it wants."""

NOT_BLANK = Meta(min_length=1, pattern=r"\S", extra={SENTENCE: "must not be empty"})
"""Text with something to see in it; combine it with a `Meta(max_length=...)`."""

Text500 = Annotated[str, NOT_BLANK, Meta(max_length=500)]
"""Something a person wrote: an address, a note, a reason."""

Phone32 = Annotated[str, NOT_BLANK, Meta(max_length=32)]
"""A telephone number as people write them; it is shown and dialled by people, so its form is theirs."""

Latitude = Annotated[float, Meta(ge=-90, le=90)]
"""Degrees north."""

Longitude = Annotated[float, Meta(ge=-180, le=180)]
"""Degrees east."""

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
"""The id of a thing. Without the separators of our keys, so that no id can reach into another's key."""

Limit = Annotated[int, Meta(ge=1, le=100)]
"""How many entries a page of a list has at most."""

Cursor = Annotated[str, Meta(min_length=1, max_length=2048)]
"""Where a list goes on, as the previous page named it; opaque to clients."""

Moment = Annotated[datetime, Meta(tz=True)]
"""A point in time, which needs its offset: without one it would mean another moment for each reader."""

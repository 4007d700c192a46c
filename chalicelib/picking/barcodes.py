"""What a scanner read: a plain code, or a GS1 label with an article, a count, a lot and more.

A code that is known as it stands is taken as it stands. Only what is not, and looks like GS1, is parsed as such, since
the parser knows five hundred identifiers and takes a tenth of a second to load. What was read goes into the ledger
beside the raw scan, so that folding it again needs no parser and never reads a label in another way.
"""

from __future__ import annotations

import re

import msgspec

from chalicelib.picking.matching import Lines

_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_GS1_SYMBOLOGIES = frozenset({"]C1", "]e0", "]d2", "]Q3", "]J1"})
_LOOKS_LIKE_GS1 = re.compile(r"\(?[0-9]{2}")
_IN_BRACKETS = re.compile(r"\s*\(([0-9]{2,4})\)\s*")
_SEPARATOR = "\x1d"
# What scanners send for FNC1 beside the group separator itself; none of it stands in a value.
_SEPARATORS = re.compile(r"<GS>|\{GS\}|\||\^\]|\^")
_UNMISTAKABLE = ("01", "02", "00")
"""An article, and the logistic unit itself: so long that no other code has one on it by chance."""
_OTHER_NAMES = ("240", "241")
"""What else an article is called by those who made or ordered it."""
_COUNTS = ("37", "30")


class Reading(msgspec.Struct, frozen=True):
    """What a label says: the codes of the thing, the most telling first, and how many of it."""

    codes: tuple[str, ...]
    amount: int = 1


def read(raw: str, lines: Lines) -> Reading:
    """What a scan says, for an assignment with these lines."""
    text = raw.strip()
    if lines.matching((text,)):
        return Reading((text,))
    mark = _SYMBOLOGY.match(text)
    if mark:
        text = text[mark.end() :]
        if lines.matching((text,)):
            return Reading((text,))
    certain = text.startswith("(") or (mark is not None and mark.group() in _GS1_SYMBOLOGIES)
    return (_gs1(text, certain=certain) if _LOOKS_LIKE_GS1.match(text) else None) or Reading((text or raw,))


def _gs1(text: str, *, certain: bool) -> Reading | None:
    """A GS1 label with an article or another name on it, or None.

    Unless it is certain that it is one, it needs a name of fixed length: any code that begins with 240 or 241, as the
    articles of shops often do, would be a label otherwise.
    """
    import biip
    from biip.gs1_messages import GS1Message

    text = _SEPARATORS.sub(_SEPARATOR, text)
    if text.startswith("("):
        text = _IN_BRACKETS.sub(rf"{_SEPARATOR}\1", text)
    try:
        # Dates are not ours to judge: an article with a date of all zeros is that article all the same.
        config = biip.ParseConfig(gs1_element_strings_verify_date=False)
        message = GS1Message.parse(text.strip(_SEPARATOR), config=config)
    except biip.ParseError:
        return None
    values: dict[str, str] = {}
    for one in message.element_strings:
        if one.value:  # the parser lets identifiers pass that nothing follows
            values.setdefault(one.ai.ai, one.value)
    if not certain and not any(ai in values for ai in _UNMISTAKABLE):
        return None
    codes = tuple(values[ai] for ai in (*_UNMISTAKABLE, *_OTHER_NAMES) if ai in values)
    counted = next((int(values[ai]) for ai in _COUNTS if ai in values), 1)
    return Reading(codes, counted) if codes else None

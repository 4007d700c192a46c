"""msgspec's messages in Baton's words.

msgspec speaks to programmers ("Expected `str` of length <= 500 - at `$.notes`"); what clients show to a courier
should read "must be at most 500 characters". The table below knows every message of msgspec 0.22; one that it does
not know is passed on without the decoration, so a new version of msgspec can make an answer less pretty but not less
true. Values that were sent are never repeated in a sentence.
"""

import re
from collections.abc import Callable
from itertools import islice
from typing import get_args

from chalicelib.edge.annotations import choices, unwrap
from chalicelib.edge.types import SENTENCE
from chalicelib.edge.value_checks import OUT_OF_RANGE

_DATE_TIME = "a date-time such as 2026-01-31T09:30:00Z"
_NOUNS = {
    "array": "a list",
    "bool": "true or false",
    "bytes": "Base64 text",
    "date": "a date such as 2026-01-31",
    "datetime": _DATE_TIME,
    "decimal": "a number",
    "duration": "a duration such as PT15M",
    "float": "a number",
    "int": "a whole number",
    "null": "null",
    "object": "an object",
    "str": "text",
    "time": "a time such as 09:30:00",
    "uuid": "a UUID",
}
_UNITS = {"str": "characters", "bytes": "bytes", "array": "entries", "object": "entries"}
_BOUNDS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
_MAX_CHOICES = 20
_SUFFIX = r" - at (?P<key>`key` in )?`\$(?P<path>[^`]*)`\Z"


def _expected(match: re.Match[str]) -> str:
    if match["got"] == "null":
        return "must not be null"
    nouns = [_NOUNS.get(word, word) for word in match["kinds"].split(" | ") if word != "null"]
    return "must be " + " or ".join(dict.fromkeys(nouns))


def _length(match: re.Match[str]) -> str:
    unit, count = _UNITS[match["kind"]], match["count"]
    if match["sign"] == ">=" and count == "1":
        return "must not be empty"
    verb = "be" if unit in {"characters", "bytes"} else "have"
    return f"must {verb} {_BOUNDS[match['sign']]} {count} {unit if count != '1' else _singular(unit)}"


def _singular(unit: str) -> str:
    return "entry" if unit == "entries" else unit.removesuffix("s")


def _bound(match: re.Match[str]) -> str:
    return f"must be {_BOUNDS[match['sign']]} {match['bound'].removesuffix('.0')}"


_Rewrite = str | Callable[[re.Match[str]], str]
# Patterns are compiled when they are first needed: a cold start that serves good requests needs none.
_TABLE: tuple[tuple[str, _Rewrite], ...] = (
    (r"Expected `(?P<kind>str|bytes|array|object)` of length (?P<sign>>=|<=) (?P<count>\d+)", _length),
    (r"Expected `array` of length (?P<count>\d+)(?:, got \d+)?", r"must have exactly \g<count> entries"),
    (r"Expected `\w+` (?P<sign>>=|<=|>|<) (?P<bound>\S+)", _bound),
    (r"Expected `\w+` that's a multiple of (?P<step>\S+)", r"must be a multiple of \g<step>"),
    (r"Expected `str` matching regex .*", "does not have the expected form"),
    (r"Expected `\w+` with a timezone component", "must say its time zone, as in 2026-01-31T09:30:00Z"),
    (r"Expected `\w+` with no timezone component", "must not have a time zone"),
    (r"Expected `(?P<kinds>[^`]*)`(?:, got `(?P<got>.*)`)?", _expected),
    (r"Object missing required field .*", "is required"),
    (r"Object contains unknown field .*", "is not expected here"),
    (r"Invalid RFC3339 encoded datetime|Invalid epoch timestamp", f"must be {_DATE_TIME}"),
    (r"Invalid RFC3339 encoded (?P<kind>date|time)", lambda match: f"must be {_NOUNS[match['kind']]}"),
    (r"Invalid ISO8601 duration", f"must be {_NOUNS['duration']}"),
    (r"Invalid UUID.*", "must be a UUID"),
    (r"Invalid decimal string", "must be a number"),
    (r"Invalid base64 encoded string", "must be Base64 text"),
    (r"(?:\w+ )+(?:is )?out of range\s*", OUT_OF_RANGE),
    (r"Invalid (?:enum )?value .*", "is not one of the accepted values"),
)


def locate(message: str) -> tuple[str, str]:
    """A message of msgspec split into what is wrong and where, as a dotted path below what was checked.

    "Expected `int`, got `str` - at `$.lines[0].quantity`" gives "Expected `int`, got `str`" and "lines.0.quantity".
    A part of the path that msgspec does not name (a key of a dictionary) is left out.
    """
    what, path = message, ""
    if suffix := re.search(_SUFFIX, message):
        what, path = ("Key: " if suffix["key"] else "") + message[: suffix.start()], suffix["path"]
    steps = re.findall(r"[^.\[\]]+", path)
    field = re.fullmatch(r"Object (?:missing required|contains unknown) field `(.*)`", what, re.DOTALL)
    return what, ".".join([*steps, *([field[1]] if field else [])])


def sentence(what: str, kind: object) -> str:
    """What is wrong with a value of type `kind`, to be read after the field's name."""
    if what.startswith("Key: "):
        return f"has a key that {sentence(what.removeprefix('Key: '), object)}"
    allowed = [str(choice) for choice in islice(choices(kind), _MAX_CHOICES + 1)]
    if allowed and not what.endswith("got `null`"):
        listed = ", ".join(allowed[:_MAX_CHOICES])
        return f"must be one of {listed}" + (" and others" if len(allowed) > _MAX_CHOICES else "")
    if "matching regex" in what and (own := _own_sentence(kind)):
        return own
    for pattern, rewrite in _TABLE:
        if match := re.fullmatch(pattern, what, re.DOTALL):
            return match.expand(rewrite) if isinstance(rewrite, str) else rewrite(match)
    return _readable(what)


def _own_sentence(kind: object) -> str | None:
    """What the type's author wrote for a pattern that does not match; looked for inside unions too."""
    kinds = [kind, *get_args(unwrap(kind)[0])]
    constraints = [constraint for one in kinds for constraint in unwrap(one)[1]]
    own = (
        constraint.extra[SENTENCE] for constraint in constraints if constraint.extra and SENTENCE in constraint.extra
    )
    return next((str(text) for text in own), None)


def _readable(what: str) -> str:
    plain = what.replace("`", "").strip()[:200] or "is not valid"
    return plain[0].lower() + plain[1:]

"""The messages of validation errors, made from those of msgspec.

msgspec writes for programmers ("Expected `str` of length <= 500 - at `$.notes`"). A courier should read "must be at
most 500 characters". The table below has every message of msgspec 0.22; an unknown one is passed on without its
decoration, so a new version of msgspec can make a message less readable but not less true. A message never repeats what
was sent.
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
    (r"Expected `\w+` with a timezone component", "must include a time zone, as in 2026-01-31T09:30:00Z"),
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
    """Return a message of msgspec without its location, and the location as a dotted path.

    "Expected `int`, got `str` - at `$.lines[0].quantity`" gives "Expected `int`, got `str`" and "lines.0.quantity".
    Keys of dictionaries are left out, since msgspec does not name them.
    """
    text, path = message, ""
    if suffix := re.search(_SUFFIX, message):
        text, path = ("Key: " if suffix["key"] else "") + message[: suffix.start()], suffix["path"]
    steps = re.findall(r"[^.\[\]]+", path)
    field = re.fullmatch(r"Object (?:missing required|contains unknown) field `(.*)`", text, re.DOTALL)
    return text, ".".join([*steps, *([field[1]] if field else [])])


def error_message(text: str, kind: object) -> str:
    """Return the error message for a value of type `kind`, to be read after the field's name."""
    if text.startswith("Key: "):
        return f"has a key that {error_message(text.removeprefix('Key: '), object)}"
    allowed = [str(choice) for choice in islice(choices(kind), _MAX_CHOICES + 1)]
    if allowed and not text.endswith("got `null`"):
        listed = ", ".join(allowed[:_MAX_CHOICES])
        return f"must be one of {listed}" + (" and others" if len(allowed) > _MAX_CHOICES else "")
    if "matching regex" in text and (own := _declared_message(kind)):
        return own
    for pattern, rewrite in _TABLE:
        if match := re.fullmatch(pattern, text, re.DOTALL):
            return match.expand(rewrite) if isinstance(rewrite, str) else rewrite(match)
    return _undecorated(text)


def _declared_message(kind: object) -> str | None:
    """Return the message that the type declares for a pattern that does not match; unions are searched too."""
    kinds = [kind, *get_args(unwrap(kind)[0])]
    extras = [constraint.extra or {} for member in kinds for constraint in unwrap(member)[1]]
    return next((str(extra[SENTENCE]) for extra in extras if SENTENCE in extra), None)


def _undecorated(text: str) -> str:
    plain = text.replace("`", "").strip()[:200] or "is not valid"
    return plain[0].lower() + plain[1:]

"""Documents of EPCIS 2.0 held against the standard's own JSON Schema, without a network."""

import json
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator, FormatChecker  # type: ignore[import-untyped]  # has no types

_SCHEMA = Path(__file__).parents[1] / "epcis_schema" / "EPCISDocument.schema.json"
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")  # a scheme or a prefix, and nothing that a URI may not hold
_FORBIDDEN = re.compile(r"[\"<>\\^`{|}]")


@cache
def validator() -> Draft7Validator:
    """The standard's schema, formats included: it tells extensions from misspelt fields by their being URIs."""
    schema = json.loads(_SCHEMA.read_text())
    Draft7Validator.check_schema(schema)
    formats = FormatChecker(formats=())
    formats.checks("uri")(_is_uri)
    formats.checks("date-time", raises=ValueError)(_is_time)
    return Draft7Validator(schema, format_checker=formats)


def flaws(document: Any) -> list[str]:
    """What is wrong with a document, worst first; empty for a good one."""
    errors = sorted(validator().iter_errors(document), key=lambda error: list(map(str, error.path)))
    return [f"{error.json_path}: {error.message[:300]}" for error in errors]


def events_of(document: Any) -> list[dict[str, Any]]:
    """The events of a document that is good."""
    assert flaws(document) == []
    events: list[dict[str, Any]] = document["epcisBody"]["eventList"]
    return events


def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or (_URI.fullmatch(value) is not None and not _FORBIDDEN.search(value))


def _is_time(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None

"""Reads CSV and NDJSON files into records, and reports the lines of invalid ones.

Each record is checked against the type that the server decodes it into, so most errors are reported before anything is
sent. Only an invalid header stops the reading. An error in a row, including invalid UTF-8, is reported with its line,
and reading continues.

CSV files are UTF-8 with or without a byte order mark, separated by commas, with field names in the first row. An empty
cell omits the field. Lists are written `a|b`, or as JSON if their items are not texts.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec.structs import FieldInfo

from chalicelib.core.errors import BatonError, ValidationFailed
from chalicelib.edge.annotations import item_type, unwrap
from chalicelib.edge.http import encoder
from chalicelib.edge.imports import RECORD
from chalicelib.edge.validation import decode_body, decode_texts, parse_json

FORMATS = ("csv", "ndjson")
_BOM = b"\xef\xbb\xbf"
_SEPARATOR = "|"


class InvalidFile(Exception):
    """The file cannot be read as a whole; the message says why."""


@dataclass(frozen=True, slots=True)
class FileLine:
    """One record: its line number (from 1), and its JSON or its errors by field."""

    number: int
    raw: bytes = b""
    fields: Mapping[str, str] | None = None


def read(content: bytes, file_format: str, record: type[msgspec.Struct]) -> Iterator[FileLine]:
    """Return the records of a file in one of the `FORMATS`. Raise `InvalidFile`."""
    content = content.removeprefix(_BOM)
    return _ndjson(content, record) if file_format == "ndjson" else _csv(content, record)


def _ndjson(content: bytes, record: type[msgspec.Struct]) -> Iterator[FileLine]:
    for number, raw in enumerate(content.split(b"\n"), 1):
        if raw.strip():
            yield _checked(number, raw.strip(), record)


def _checked(number: int, raw: bytes, record: type[msgspec.Struct]) -> FileLine:
    try:
        decode_body(raw, record)
    except BatonError as error:
        return FileLine(number, fields=error.fields or {RECORD: error.message})
    return FileLine(number, raw)


def _csv(content: bytes, record: type[msgspec.Struct]) -> Iterator[FileLine]:
    # Invalid bytes become lone surrogates, which the validation of the record rejects by field.
    text = content.decode("utf-8", "surrogateescape")
    rows = _rows(csv.reader(io.StringIO(text, newline=""), strict=True))
    number, header = next(rows, (1, []))
    if isinstance(header, str):
        raise InvalidFile(f"line {number}: {header}")
    columns = _columns([name.strip() for name in header], record)
    for number, row in rows:
        if isinstance(row, str):
            yield FileLine(number, fields={RECORD: row})
        elif len(row) != len(columns):
            yield FileLine(number, fields={RECORD: f"has {len(row)} cells and the header has {len(columns)}"})
        else:
            yield _row(number, dict(zip(columns, row, strict=True)), record)


def _rows(reader: Any) -> Iterator[tuple[int, list[str] | str]]:
    """Yield each non-empty row, or its error, with the line on which it begins."""
    while True:
        number = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, f"is not valid CSV: {error}"
        else:
            if row:
                yield number, row


def _columns(names: Sequence[str], record: type[msgspec.Struct]) -> list[str]:
    """Return the header's names. Raise `InvalidFile` if one is unknown or repeated, or a required one is missing."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(record)}
    for name in names:
        if name not in fields:
            raise InvalidFile(f"line 1: unknown column {_shown(name)}; the columns are {', '.join(fields)}")
        if names.count(name) > 1:
            raise InvalidFile(f"line 1: the column {name} is repeated")
    missing = [name for name, field in fields.items() if field.required and name not in names]
    if missing:
        raise InvalidFile(f"line 1: the column {missing[0]} is missing")
    return list(names)


def _shown(name: str) -> str:
    return repr(name[:40].encode("ascii", "backslashreplace").decode())


def _row(number: int, cells: Mapping[str, str], record: type[msgspec.Struct]) -> FileLine:
    fields = {field.encode_name: field for field in msgspec.structs.fields(record)}
    values = {name: _value(cell, fields[name]) for name, cell in cells.items() if cell}
    try:
        converted = decode_texts(values, record, {})
    except ValidationFailed as error:
        return FileLine(number, fields=error.fields)
    return FileLine(number, encoder.encode({name: getattr(converted, fields[name].name) for name in values}))


def _value(cell: str, field: FieldInfo) -> object:
    item = item_type(unwrap(field.type)[0])
    if item is None:
        return cell
    if cell.lstrip().startswith("["):
        try:
            return parse_json(cell.encode("utf-8", "surrogateescape"))
        except BatonError:
            return cell
    return [part.strip() for part in cell.split(_SEPARATOR) if part.strip()]

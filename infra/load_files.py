"""Files of records: CSV and NDJSON into records that can be sent, and the lines of those that cannot.

Each record is checked against the type that the server decodes it into, so most of what would be refused is known
before anything is sent. Nothing in a file can stop the reading but a header without sense: what is wrong with a row,
down to bytes that are no text, is said of its line, and the next one is read.

CSV is in UTF-8 (with a byte order mark or without), separated by commas, with the fields' names in the first row. An
empty cell means that the record leaves the field out. Lists are written `a|b`, or as JSON where they hold more than
texts.
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


class BadFile(Exception):
    """The file cannot be read as a whole; the message says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One record: where it stands in the file (from 1), and its JSON or what is wrong with it by field."""

    number: int
    raw: bytes = b""
    fields: Mapping[str, str] | None = None


def read(content: bytes, form: str, record: type[msgspec.Struct]) -> Iterator[Line]:
    """The records of a file in one of the `FORMATS`. Raises `BadFile`."""
    content = content.removeprefix(_BOM)
    return _ndjson(content, record) if form == "ndjson" else _csv(content, record)


def _ndjson(content: bytes, record: type[msgspec.Struct]) -> Iterator[Line]:
    for number, raw in enumerate(content.split(b"\n"), 1):
        if raw.strip():
            yield _checked(number, raw.strip(), record)


def _checked(number: int, raw: bytes, record: type[msgspec.Struct]) -> Line:
    try:
        decode_body(raw, record)
    except BatonError as error:
        return Line(number, fields=error.fields or {RECORD: error.message})
    return Line(number, raw)


def _csv(content: bytes, record: type[msgspec.Struct]) -> Iterator[Line]:
    # Bytes that are no text become halves of surrogate pairs, which the check of the record refuses by field.
    text = content.decode("utf-8", "surrogateescape")
    rows = _rows(csv.reader(io.StringIO(text, newline=""), strict=True))
    number, header = next(rows, (1, []))
    if isinstance(header, str):
        raise BadFile(f"line {number}: {header}")
    columns = _columns([name.strip() for name in header], record)
    for number, row in rows:
        if isinstance(row, str):
            yield Line(number, fields={RECORD: row})
        elif len(row) != len(columns):
            yield Line(number, fields={RECORD: f"has {len(row)} cells and the header has {len(columns)}"})
        else:
            yield _row(number, dict(zip(columns, row, strict=True)), record)


def _rows(reader: Any) -> Iterator[tuple[int, list[str] | str]]:
    """Each row that is not empty with the line on which it begins, or what is wrong with it."""
    while True:
        number = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, f"is no row of a CSV file: {error}"
        else:
            if row:
                yield number, row


def _columns(names: Sequence[str], record: type[msgspec.Struct]) -> list[str]:
    """The header's names. Raises `BadFile` unless they are fields of the record, each once, with all that it needs."""
    known = {field.encode_name: field for field in msgspec.structs.fields(record)}
    for name in names:
        if name not in known:
            raise BadFile(f"line 1: {_shown(name)} is not a column; there are {', '.join(known)}")
        if names.count(name) > 1:
            raise BadFile(f"line 1: the column {name} is there twice")
    missing = [name for name, field in known.items() if field.required and name not in names]
    if missing:
        raise BadFile(f"line 1: the column {missing[0]} is missing")
    return list(names)


def _shown(name: str) -> str:
    return repr(name[:40].encode("ascii", "backslashreplace").decode())


def _row(number: int, cells: Mapping[str, str], record: type[msgspec.Struct]) -> Line:
    fields = {field.encode_name: field for field in msgspec.structs.fields(record)}
    values = {name: _value(cell, fields[name]) for name, cell in cells.items() if cell}
    try:
        made = decode_texts(values, record, {})
    except ValidationFailed as error:
        return Line(number, fields=error.fields)
    return Line(number, encoder.encode({name: getattr(made, fields[name].name) for name in values}))


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

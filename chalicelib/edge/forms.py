"""Form data with files (`multipart/form-data`), decoded into the same structs as other bodies.

A field of type `bytes` is a file; every other field is a text, from which numbers and so on are read as in a query
string. Every bad field is reported at once. Files are held in memory, since a request behind API Gateway has a few
megabytes at most. The file name and type that a client sends are not passed on, since they cannot be relied on.

python-multipart is imported where it is used, since few processes decode a form.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import msgspec.structs

from chalicelib.core.errors import MalformedForm
from chalicelib.edge.annotations import unwrap
from chalicelib.edge.validation import GIVEN_TWICE, decode_texts

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

FORM_DATA = "multipart/form-data"
MAX_PARTS = 100

T = TypeVar("T")


class Part(msgspec.Struct, frozen=True):
    """One field of a form, undecoded."""

    name: str
    content: bytes


def is_form(headers: Mapping[str, str]) -> bool:
    """Return whether the headers of a request (names in lower case) declare its body as form data."""
    return headers.get("content-type", "").partition(";")[0].strip().lower() == FORM_DATA


def parse_form(content_type: str, raw: bytes) -> Sequence[Part]:
    """Return the parts of a form in their order; none if the body is empty. Raise `MalformedForm`."""
    if not raw:
        return ()
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import MultipartParser, parse_options_header

    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        raise MalformedForm("The Content-Type of the form has no boundary.")
    collected = _Collected()
    try:
        MultipartParser(boundary, collected.callbacks()).write(raw)
    except FormParserError as error:
        raise MalformedForm from error
    if not collected.complete:
        raise MalformedForm("The body ends before its form is complete.")
    return collected.parts


def essence(parts: Sequence[Part]) -> bytes:
    """Return the same bytes for two forms with the same fields, whatever boundary and order the client used."""
    digests = sorted((part.name, hashlib.sha256(part.content).hexdigest()) for part in parts)
    return msgspec.json.encode(digests)


def field_of(parts: Sequence[Part], name: str) -> str | None:
    """Return the text of a field that was given once, as far as it can be read, else None."""
    contents = [part.content for part in parts if part.name == name]
    return contents[0].decode("utf-8", "replace") if len(contents) == 1 else None


def decode_form(parts: Sequence[Part], kind: type[T]) -> T:
    """Return the form as a `kind`. Raise `ValidationFailed` with every bad field."""
    values, errors = _values(parts, kind)
    return decode_texts(values, kind, errors)


def _values(parts: Sequence[Part], kind: Any) -> tuple[dict[str, object], dict[str, str]]:
    """Return the fields by name, files as bytes, and an error for each that cannot be read."""
    is_file = {field.encode_name: unwrap(field.type)[0] is bytes for field in msgspec.structs.fields(kind)}
    values: dict[str, object] = {}
    errors: dict[str, str] = {}
    times = Counter(part.name for part in parts)
    for part in parts:
        values[part.name] = part.content
        if part.name not in is_file:
            continue
        if times[part.name] > 1:
            errors[part.name] = GIVEN_TWICE
        if not is_file[part.name]:
            try:
                values[part.name] = part.content.decode()
            except UnicodeDecodeError:
                errors[part.name] = "must be text in UTF-8"
    return values, errors


class _Collected:
    """Collects the parts of a form while it is parsed. Raises `MalformedForm` for a part without a name."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.complete = False
        self._header = bytearray()
        self._value = bytearray()
        self._name: str | None = None
        self._content: list[bytes] = []

    def callbacks(self) -> MultipartCallbacks:
        """Return the callbacks of the parser."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    def _begin(self) -> None:
        if len(self.parts) >= MAX_PARTS:
            raise MalformedForm(f"A form must have at most {MAX_PARTS} fields.")
        self._name, self._content = None, []

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        from python_multipart.multipart import parse_options_header

        if self._header.lower() == b"content-disposition":
            name = parse_options_header(self._value.decode("latin-1"))[1].get(b"name")
            self._name = None if name is None else name.decode("utf-8", "replace")
        self._header, self._value = bytearray(), bytearray()

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._content.append(data[start:end])

    def _end(self) -> None:
        if self._name is None:
            raise MalformedForm("A part of the form has no name.")
        self.parts.append(Part(self._name, b"".join(self._content)))

    def _finish(self) -> None:
        self.complete = True

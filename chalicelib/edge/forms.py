"""Form data with files (`multipart/form-data`), read into the same structs as every other body.

A field of type `bytes` is a file, every other field a text, of which numbers and so on are read as in a query string.
What is wrong is told by field, all of it at once. Files are held in memory: a request behind API Gateway is a few
megabytes at most. What a client says of a file (its name, its type) is not passed on, since nobody could rely on it.

python-multipart is imported inside: few processes ever see a form.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import msgspec.structs

from chalicelib.core.errors import MalformedForm, ValidationFailed
from chalicelib.edge.annotations import unwrap
from chalicelib.edge.error_collector import problems_in
from chalicelib.edge.value_checks import flaw_in

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

FORM_DATA = "multipart/form-data"
MAX_PARTS = 100

T = TypeVar("T")


class Part(msgspec.Struct, frozen=True):
    """One field of a form, as it was sent."""

    name: str
    content: bytes


def is_form(headers: Mapping[str, str]) -> bool:
    """Whether a request with these headers (names in lower case) says that its body is form data."""
    return headers.get("content-type", "").partition(";")[0].strip().lower() == FORM_DATA


def parse_form(content_type: str, raw: bytes) -> Sequence[Part]:
    """The parts of a form, in their order; none if the body is empty. Raises `MalformedForm`."""
    if not raw:
        return ()
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import MultipartParser, parse_options_header

    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        raise MalformedForm("The content type of the form does not name its boundary.")
    collected = _Collected()
    try:
        MultipartParser(boundary, collected.callbacks()).write(raw)
    except FormParserError as error:
        raise MalformedForm from error
    if not collected.complete:
        raise MalformedForm("The body ends before its form is complete.")
    return collected.parts


def essence(parts: Sequence[Part]) -> bytes:
    """What makes two forms the same: their fields, whatever boundary and order a client chose this time."""
    digests = sorted((part.name, hashlib.sha256(part.content).hexdigest()) for part in parts)
    return msgspec.json.encode(digests)


def field_of(parts: Sequence[Part], name: str) -> str | None:
    """The text of a field that was given once, as far as it can be read."""
    found = [part.content for part in parts if part.name == name]
    return found[0].decode("utf-8", "replace") if len(found) == 1 else None


def decode_form(parts: Sequence[Part], kind: type[T]) -> T:
    """The form as a `kind`. Raises `ValidationFailed` with every bad field."""
    values, problems = _values(parts, kind)
    if not problems:
        try:
            decoded = msgspec.convert(values, type=kind, strict=False, str_keys=True)
        except msgspec.ValidationError:
            pass
        else:
            if flaw_in(decoded) is None:
                return decoded
    raise ValidationFailed(problems_in(values, kind, strict=False) | problems)


def _values(parts: Sequence[Part], kind: Any) -> tuple[dict[str, object], dict[str, str]]:
    """The fields by name, files as bytes, and a problem for each that cannot be taken as it was sent."""
    is_file = {field.encode_name: unwrap(field.type)[0] is bytes for field in msgspec.structs.fields(kind)}
    values: dict[str, object] = {}
    problems: dict[str, str] = {}
    times = Counter(part.name for part in parts)
    for part in parts:
        values[part.name] = part.content
        if part.name not in is_file:
            continue
        if times[part.name] > 1:
            problems[part.name] = "must be given only once"
        if not is_file[part.name]:
            try:
                values[part.name] = part.content.decode()
            except UnicodeDecodeError:
                problems[part.name] = "must be text in UTF-8"
    return values, problems


class _Collected:
    """Gathers the parts of a form while it is parsed. Raises `MalformedForm` for a part that has no name."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.complete = False
        self._header = bytearray()
        self._value = bytearray()
        self._name: str | None = None
        self._content: list[bytes] = []

    def callbacks(self) -> MultipartCallbacks:
        """What the parser calls."""
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
            raise MalformedForm(f"A form has at most {MAX_PARTS} fields.")
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

"""Collects every validation error of a value, where msgspec stops at the first.

A value that msgspec accepts needs no further look. A value that it refuses is split, and its fields, items or entries
are checked in the same way, down to the single values that are refused; these get an error message. So msgspec alone
decides what a type accepts. The price is that bad values are converted once per level of nesting.
"""

from collections.abc import Iterable, Mapping
from types import GenericAlias
from typing import Annotated, cast, get_origin

import msgspec
import msgspec.structs

from chalicelib.core.structs import prepare
from chalicelib.edge.annotations import entry_types, item_type, struct_for, unwrap
from chalicelib.edge.error_messages import error_message, locate
from chalicelib.edge.field_paths import ROOT, join
from chalicelib.edge.normalisation import normalise
from chalicelib.edge.value_checks import TOO_DEEP, Present, cross_check_errors, value_error

MAX_ERRORS = 100
"""The largest number of errors in a response."""

_INVALID = object()


def validation_errors(value: object, kind: object, *, strict: bool = True) -> dict[str, str]:
    """Return the errors of a value that was sent as a `kind`, by dotted path of the names that clients use.

    `value` consists of what JSON decodes to. With `strict=False` texts are read as numbers, booleans and so on, as in a
    query string. A valid value gives an empty dictionary; at most `MAX_ERRORS` are returned. Values of type
    `msgspec.Raw` are not checked.
    """
    prepare(kind)
    normal = normalise(value, kind, strict=strict)
    collector = _Collector(strict=strict)
    try:
        for path, message in normal.errors.items():
            collector.add(path, message)
        collector.check(normal.value, kind, "")
    except _LimitReachedError:
        pass
    except RecursionError:
        collector.errors[ROOT] = TOO_DEEP
    return collector.errors


def located_error(message: str, kind: object, path: str = "") -> tuple[str, str]:
    """Return the path and the error message for a message of msgspec."""
    text, inner = locate(message)
    return join(path, inner) or ROOT, error_message(text, object if inner else kind)


class _LimitReachedError(Exception):
    """There are as many errors as a response may have."""


class _Collector:
    """One pass through one value; `errors` is the result."""

    def __init__(self, *, strict: bool) -> None:
        self.errors: dict[str, str] = {}
        self._count = 0
        self._strict = strict

    def check(self, value: object, kind: object, path: str) -> object:
        """Return the value as its type decodes it, or `_INVALID` once its errors are added."""
        if unwrap(kind)[0] is msgspec.Raw:  # decoded by the use case
            return value
        try:
            decoded = self._convert(value, kind)
        except msgspec.ValidationError as error:
            reason = str(error)
        else:
            unsupported = value_error(decoded)
            if unsupported is None:
                return decoded
            reason = unsupported
        before = self._count
        self._check_parts_of(value, kind, path)
        if self._count == before:
            self.add(*located_error(reason, kind, path))
        return _INVALID

    def add(self, path: str, text: str) -> None:
        """Add an error; only the first error of a field is reported. Raise `_LimitReachedError` after `MAX_ERRORS`."""
        self._count += 1
        self.errors.setdefault(path or ROOT, text)
        if len(self.errors) >= MAX_ERRORS:
            raise _LimitReachedError

    def _convert(self, value: object, kind: object) -> object:
        return msgspec.convert(value, type=kind, strict=self._strict, str_keys=True)

    def _check_parts_of(self, value: object, kind: object, path: str) -> None:
        shape, constraints = unwrap(kind)
        if isinstance(value, dict):
            struct, entries = struct_for(shape, value), entry_types(shape)
            if struct is not None:
                self._check_fields(value, struct, path)
            elif entries is not None:
                self._check_container(value, GenericAlias(dict, (entries[0], object)), constraints, path)
                self._check_parts(value.items(), entries[1], path)
        elif isinstance(value, (list, tuple)) and (item := item_type(shape)) is not None:
            self._check_container(value, list[object], constraints, path)
            self._check_parts(enumerate(value), item, path)

    def _check_container(self, value: object, kind: object, constraints: tuple[msgspec.Meta, ...], path: str) -> None:
        """Check the size and the keys of a container, whatever its values are."""
        for constraint in constraints:
            kind = Annotated[kind, constraint]
        try:
            self._convert(value, kind)
        except msgspec.ValidationError as error:
            self.add(*located_error(str(error), kind, path))

    def _check_parts(self, parts: Iterable[tuple[object, object]], kind: object, path: str) -> None:
        for key, part in parts:
            self.check(part, kind, join(path, str(key)))

    def _check_fields(self, value: Mapping[str, object], struct: object, path: str) -> None:
        present: dict[str, object] = {}
        for field in msgspec.structs.fields(struct):  # type: ignore[arg-type]
            name = field.encode_name
            if name in value:
                present[name] = self.check(value[name], field.type, join(path, name))
            elif field.required:
                self.add(join(path, name), "is required")
            else:
                present[name] = _default(field)
        self._check_unknown(value, struct, path)
        absent = (None, msgspec.UNSET, _INVALID)
        valid = Present((name, part) for name, part in present.items() if not any(part is marker for marker in absent))
        valid.invalid = frozenset(name for name, part in present.items() if part is _INVALID)
        for name, text in cross_check_errors(struct, valid).items():
            self.add(join(path, name), text)

    def _check_unknown(self, value: Mapping[str, object], struct: object, path: str) -> None:
        shape = cast("type[msgspec.Struct]", get_origin(struct) or struct)
        config = shape.__struct_config__
        if config.forbid_unknown_fields:
            for name in value:
                if name not in shape.__struct_encode_fields__ and name != config.tag_field:
                    self.add(join(path, name), "is not expected here")


def _default(field: msgspec.structs.FieldInfo) -> object:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()

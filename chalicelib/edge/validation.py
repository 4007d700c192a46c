"""Decodes request input into typed structs, or raises one error that names every bad field.

msgspec decodes and validates in one pass and stops at the first error. A valid request costs only that pass. If it
fails, or if the input is not in its normal form (`normalisation.py`), the input is decoded again without a type,
normalised and checked for all errors (`error_collector.py`). `value_checks.py` refuses values that msgspec accepts and
the store cannot hold.

A struct may have `cross_check`, a static method that receives the fields that are present and valid (by the names that
clients use, decoded, defaults included) and returns error messages by field name for those that contradict each other.
An invalid field is absent for it, so it should report the missing field and not the one that is there.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, TypeVar, cast

import msgspec
import msgspec.structs

from chalicelib.core.errors import MalformedJson, ValidationFailed
from chalicelib.core.structs import decoder_of, prepare
from chalicelib.edge.annotations import alternatives, item_type, unwrap
from chalicelib.edge.error_collector import located_error, validation_errors
from chalicelib.edge.normalisation import is_plain, normalise, scope_of
from chalicelib.edge.value_checks import value_error

__all__ = ["decode_body", "decode_query", "decode_texts", "parse_json", "unknown_parameters", "validation_errors"]

T = TypeVar("T")

GIVEN_TWICE = "must be given only once"
UNKNOWN_PARAMETER = "unknown parameter"

# Python reads no integer of more than 4,300 digits. Cut to fewer digits it can be read, and its field is reported.
_DATE_BEGIN = re.compile(r"[0-9]{4}-")
_HUGE_INTEGER = rb"(?<![0-9])([0-9]{4000})[0-9]+"


def parse_json(raw: bytes) -> object:
    """Return any JSON value, for callers that have no type for it yet. Of equal keys the last one counts.

    Raise `MalformedJson`, also for integers of thousands of digits. Valid JSON that the store cannot hold (`1e999`,
    which reads as infinity, or U+0000 in a text) is accepted here: `validation_errors` and `decode_body` report its
    field.
    """
    try:
        return _parse(raw, _UNTYPED)
    except msgspec.ValidationError as error:
        raise MalformedJson("The body contains a number that is out of range.") from error


def decode_body(raw: bytes, kind: type[T]) -> T:
    """Return the JSON body as a `kind`. Raise `MalformedJson`, or `ValidationFailed` with every bad field."""
    any_kind: Any = kind
    decoder, scope = decoder_of(kind), scope_of(any_kind)
    try:
        decoded: T = _parse(raw, decoder)
    except msgspec.ValidationError as error:
        return _decode_normalised(raw, kind, reason=str(error))
    reason = value_error(decoded)
    if reason is None and not scope.always and (not scope.texts or is_plain(raw)):
        return decoded
    return _decode_normalised(raw, kind, reason, decoded)


def decode_query(params: Mapping[str, Sequence[str]], kind: type[T]) -> T:
    """Return the query parameters as a `kind`; their texts are read as numbers, booleans and so on.

    `params` holds all values of each parameter; `unknown_parameters` reports those that `kind` does not have. Raise
    `ValidationFailed` with every bad parameter, among them those given several times that are not lists.
    """
    values, repeated = _flatten(params, kind)
    return decode_texts(values, kind, repeated)


def decode_texts(values: dict[str, object], kind: type[T], errors: Mapping[str, str]) -> T:
    """Return fields sent as texts as a `kind`. Raise `ValidationFailed` with every bad field and `errors`."""
    prepare(kind)
    any_kind: Any = kind
    shapes = _shapes(any_kind)
    values = {name: _unmistakable(value, shapes.get(name)) for name, value in values.items()}
    if not errors:
        normal = normalise(values, kind, strict=False)
        try:
            decoded = msgspec.convert(normal.value, type=kind, strict=False, str_keys=True)
        except msgspec.ValidationError:
            pass
        else:
            if not normal.errors and value_error(decoded) is None:
                return decoded
    raise ValidationFailed(validation_errors(values, kind, strict=False) | dict(errors))


def unknown_parameters(params: Mapping[str, Sequence[str]], kind: object) -> dict[str, str]:
    """Return an error for each parameter that `kind` does not have; names that start with `_` are ignored."""
    known = {name for name, _ in _parameters(kind)}
    return {name: UNKNOWN_PARAMETER for name in params if name not in known and not name.startswith("_")}


def _decode_normalised(raw: bytes, kind: type[T], reason: str | None, decoded: T | None = None) -> T:
    """Return the body in its normal form. `reason` is why it was refused as it was sent, `decoded` what it was then."""
    value = _parse(re.sub(_HUGE_INTEGER, rb"\1", raw), _EXACT)
    normal = normalise(value, kind)
    if reason is None and not normal.changed and not normal.errors:
        return cast("T", decoded)
    if normal.changed and not normal.errors:
        try:
            changed = msgspec.convert(normal.value, type=kind, str_keys=True)
        except msgspec.ValidationError as error:
            reason = str(error)
        else:
            reason = value_error(changed)
            if reason is None:
                return changed
    # An invalid value is missing from `value` if its key came twice; the first reason is reported then.
    raise ValidationFailed(validation_errors(value, kind) or dict([located_error(reason or "", kind)]))


def _flatten(params: Mapping[str, Sequence[str]], kind: object) -> tuple[dict[str, object], dict[str, str]]:
    """Return the parameters that `kind` has, and an error for each that was given repeatedly and is not a list."""
    sent = [(name, is_list, given) for name, is_list in _parameters(kind) if (given := params.get(name))]
    values: dict[str, object] = {name: list(given) if is_list else given[0] for name, is_list, given in sent}
    return values, {name: GIVEN_TWICE for name, is_list, given in sent if len(given) > 1 and not is_list}


@cache
def _shapes(kind: Any) -> dict[str, object]:
    """Return the types of the fields, by the names that clients use."""
    return {field.encode_name: unwrap(field.type)[0] for field in msgspec.structs.fields(kind)}


def _unmistakable(value: object, shape: object) -> object:
    """Return a text so that msgspec refuses it where it would read `null` as no value, or a number as a time.

    A text with a blank at its end is none of these.
    """
    if not isinstance(value, str) or shape is str or str in alternatives(shape):
        return value
    is_mistaken = value.lower() == "null" or (shape is datetime and _DATE_BEGIN.match(value) is None)
    return f"{value} " if is_mistaken else value


@cache
def _parameters(kind: Any) -> list[tuple[str, bool]]:
    """Return the parameters of a query, and whether each is a list. Determining this takes longer than decoding."""
    return [(field.encode_name, item_type(unwrap(field.type)[0]) is not None) for field in msgspec.structs.fields(kind)]


def _parse(raw: bytes, decoder: msgspec.json.Decoder[Any]) -> Any:
    """Return what the decoder reads. Raise `MalformedJson`, or msgspec's `ValidationError` for wrong types."""
    if not raw:
        raise MalformedJson("The body is empty. Send a JSON value.")
    try:
        if not raw.isascii():
            raw.decode()  # msgspec checks only the texts that it keeps
        return decoder.decode(raw)
    except msgspec.ValidationError:
        raise
    except UnicodeDecodeError as error:
        raise MalformedJson(f"The body is not valid UTF-8 (byte {error.start}).") from error
    except RecursionError as error:
        raise MalformedJson("The body is nested too deeply.") from error
    except msgspec.DecodeError as error:
        raise MalformedJson(_syntax(str(error))) from error


def _syntax(message: str) -> str:
    if "truncated" in message:
        return "The body ends before its JSON is complete."
    return "The body is not valid JSON: " + message.removeprefix("JSON is malformed: ") + "."


def _exact(text: str) -> Decimal | float:
    """Return a number with a fraction or an exponent exactly as it was sent, as far as a decimal can hold it."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return float(text)


_UNTYPED = msgspec.json.Decoder[Any](float_hook=float)
_EXACT = msgspec.json.Decoder[Any](float_hook=_exact)

"""Request input into typed structs, or one error that names everything wrong with it.

msgspec decodes and validates in one pass, and stops at the first problem. That pass is what a good request costs.
Only when it fails is the input decoded again without a type and searched for all problems (`problems.py`), so bad
requests pay for their own explanation. What msgspec accepts and Baton does not is in `flaws.py`, for both paths
alike.

A struct may have `cross_check`, a static method that is called with the fields that are present and good (by the
names that clients use, decoded, defaults included) and gives sentences by field name for those that do not go
together. Since a bad field is absent for it, it should blame the field that is missing and not the one that is there.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, TypeVar

import msgspec
import msgspec.structs

from chalicelib.core.errors import MalformedJson, ValidationFailed
from chalicelib.edge.annotations import item_type, unwrap
from chalicelib.edge.error_collector import problem_from, problems_in
from chalicelib.edge.value_checks import flaw_in

__all__ = ["decode_body", "decode_query", "parse_json", "problems_in", "unknown_parameters"]

T = TypeVar("T")

UNKNOWN_PARAMETER = "unknown parameter"

# Python reads no integer of more than 4,300 digits. Cut to fewer it can be read, and is refused by its field's name.
_ENDLESS = rb"([0-9]{4000})[0-9]+"


def parse_json(raw: bytes) -> object:
    """Any JSON value, for callers that have no type for it yet. Of a repeated key the last value counts.

    Raises `MalformedJson`, also for integers of thousands of digits. What is valid JSON and still of no use (`1e999`,
    which reads as infinity, or U+0000 in a text) passes: `problems_in` and `decode_body` name its field.
    """
    try:
        return _parse(raw, _UNTYPED)
    except msgspec.ValidationError as error:
        raise MalformedJson("The body contains a number that is out of range.") from error


def decode_body(raw: bytes, kind: type[T]) -> T:
    """The JSON body as a `kind`. Raises `MalformedJson` or `ValidationFailed` with every bad field."""
    try:
        decoded: T = _parse(raw, _decoder_for(kind))
    except msgspec.ValidationError as error:
        complaint = str(error)
    else:
        flaw = flaw_in(decoded)
        if flaw is None:
            return decoded
        complaint = flaw
    raise ValidationFailed(_body_problems(raw, kind, complaint))


def decode_query(params: Mapping[str, Sequence[str]], kind: type[T]) -> T:
    """The query parameters as a `kind`, texts read as the numbers and so on that it wants.

    `params` holds all values of each parameter; see `unknown_parameters` for others. Raises `ValidationFailed` with
    every bad one, among them those given several times that are no list.
    """
    values, repeated = _flatten(params, kind)
    if not repeated:
        try:
            decoded = msgspec.convert(values, type=kind, strict=False, str_keys=True)
        except msgspec.ValidationError:
            pass
        else:
            if flaw_in(decoded) is None:
                return decoded
    raise ValidationFailed(problems_in(values, kind, strict=False) | repeated)


def unknown_parameters(params: Mapping[str, Sequence[str]], kind: object) -> dict[str, str]:
    """Return an error for each parameter that `kind` does not have; names that start with `_` are ignored."""
    known = {name for name, _ in _parameters(kind)}
    return {name: UNKNOWN_PARAMETER for name in params if name not in known and not name.startswith("_")}


def _flatten(params: Mapping[str, Sequence[str]], kind: object) -> tuple[dict[str, object], dict[str, str]]:
    """The parameters that `kind` knows, and a problem for each that came repeatedly and is no list."""
    values: dict[str, object] = {}
    repeated: dict[str, str] = {}
    for name, is_list in _parameters(kind):
        given = params.get(name)
        if not given:
            continue
        if is_list:
            values[name] = list(given)
            continue
        values[name] = given[0]
        if len(given) > 1:
            repeated[name] = "must be given only once"
    return values, repeated


@cache
def _parameters(kind: Any) -> list[tuple[str, bool]]:
    """The parameters of a query, and whether each is a list; worked out once, since that takes longer than decoding."""
    return [(field.encode_name, item_type(unwrap(field.type)[0]) is not None) for field in msgspec.structs.fields(kind)]


def _body_problems(raw: bytes, kind: object, complaint: str) -> dict[str, str]:
    """All problems of a body that was refused; never none, whatever the search makes of it."""
    value = _parse(re.sub(_ENDLESS, rb"\1", raw), _EXACT)
    # A key that came twice can hide the bad value behind a good one, hence the alternative.
    return problems_in(value, kind) or dict([problem_from(complaint, kind)])


def _parse(raw: bytes, decoder: msgspec.json.Decoder[Any]) -> Any:
    """What the decoder reads; syntax errors as `MalformedJson`, wrong types still as msgspec's `ValidationError`."""
    if not raw:
        raise MalformedJson("The body is empty; it should be JSON.")
    try:
        if not raw.isascii():
            raw.decode()  # msgspec looks only at the texts that it keeps
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
    """A number with a fraction or an exponent as it was sent, so that decimals are judged by their own digits."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return float(text)


def _decoder_for(kind: object) -> msgspec.json.Decoder[Any]:
    """One decoder per type: making one costs more than using it."""
    decoder = _DECODERS.get(kind)
    if decoder is None:
        decoder = _DECODERS[kind] = msgspec.json.Decoder(kind)
    return decoder


_DECODERS: dict[object, msgspec.json.Decoder[Any]] = {}
_UNTYPED = msgspec.json.Decoder[Any](float_hook=float)
_EXACT = msgspec.json.Decoder[Any](float_hook=_exact)

"""The slow path: every problem of a value, where msgspec stops at the first.

A part that msgspec accepts is done with at once. A part that it refuses is taken apart, and its fields, items or
entries are each asked the same question, until what is refused is a single value; that gets its sentence. So msgspec
stays the only one who knows what a type accepts, and a good part costs no more than on the fast path however large it
is. The price is that bad values are converted once per level of nesting.
"""

from collections.abc import Iterable, Mapping
from types import GenericAlias
from typing import Annotated, cast, get_origin

import msgspec
import msgspec.structs

from chalicelib.edge.annotations import entry_types, item_type, struct_for, unwrap
from chalicelib.edge.error_messages import locate, sentence
from chalicelib.edge.value_checks import TOO_DEEP, cross_problems, flaw_in

MAX_PROBLEMS = 100
"""How many problems are told at most; a client that sends more has another problem."""

ROOT = "body"
"""What a problem of the whole value is called, since it has no field."""

_LONGEST_NAME = 64
_BAD = object()


def problems_in(value: object, kind: object, *, strict: bool = True) -> dict[str, str]:
    """What is wrong with `value`, sent for a `kind`: sentences by dotted path of the names that clients use.

    `value` consists of what JSON decodes to. With `strict=False` texts are read as numbers, booleans and so on, as in a
    query string. Nothing wrong gives an empty dictionary; at most `MAX_PROBLEMS` are told. What is
    `msgspec.Raw` in it is not looked at.
    """
    search = _Search(strict=strict)
    try:
        search.examine(value, kind, "")
    except _EnoughError:
        pass
    except RecursionError:
        search.found[ROOT] = TOO_DEEP
    return search.found


def problem_from(message: str, kind: object, path: str = "") -> tuple[str, str]:
    """Path and sentence of the one problem that a message of msgspec speaks of."""
    what, inner = locate(message)
    return _join(path, inner) or ROOT, sentence(what, object if inner else kind)


class _EnoughError(Exception):
    """There are as many problems as are told."""


class _Search:
    """One look through one value; `found` is the result."""

    def __init__(self, *, strict: bool) -> None:
        self.found: dict[str, str] = {}
        self._strict = strict

    def examine(self, value: object, kind: object, path: str) -> object:
        """The value as its type decodes it, or `_BAD` once its problems are noted."""
        if unwrap(kind)[0] is msgspec.Raw:  # whoever asks for it decodes it by themselves
            return value
        try:
            decoded = self._convert(value, kind)
        except msgspec.ValidationError as error:
            complaint = str(error)
        else:
            flaw = flaw_in(decoded)
            if flaw is None:
                return decoded
            complaint = flaw
        known = len(self.found)
        self._take_apart(value, kind, path)
        if len(self.found) == known:
            self._note(*problem_from(complaint, kind, path))
        return _BAD

    def _convert(self, value: object, kind: object) -> object:
        return msgspec.convert(value, type=kind, strict=self._strict, str_keys=True)

    def _take_apart(self, value: object, kind: object, path: str) -> None:
        shape, constraints = unwrap(kind)
        if isinstance(value, dict):
            struct, entries = struct_for(shape, value), entry_types(shape)
            if struct is not None:
                self._fields(value, struct, path)
            elif entries is not None:
                self._shell(value, GenericAlias(dict, (entries[0], object)), constraints, path)
                self._parts(value.items(), entries[1], path)
        elif isinstance(value, (list, tuple)) and (item := item_type(shape)) is not None:
            self._shell(value, list[object], constraints, path)
            self._parts(enumerate(value), item, path)

    def _shell(self, value: object, kind: object, constraints: tuple[msgspec.Meta, ...], path: str) -> None:
        """Check a container apart from what is in it: its size and the keys."""
        for constraint in constraints:
            kind = Annotated[kind, constraint]
        try:
            self._convert(value, kind)
        except msgspec.ValidationError as error:
            self._note(*problem_from(str(error), kind, path))

    def _parts(self, parts: Iterable[tuple[object, object]], kind: object, path: str) -> None:
        for key, part in parts:
            self.examine(part, kind, _join(path, str(key)))

    def _fields(self, value: Mapping[str, object], struct: object, path: str) -> None:
        present: dict[str, object] = {}
        for field in msgspec.structs.fields(struct):  # type: ignore[arg-type]
            name = field.encode_name
            if name in value:
                present[name] = self.examine(value[name], field.type, _join(path, name))
            elif field.required:
                self._note(_join(path, name), "is required")
            else:
                present[name] = _default(field)
        self._unexpected(value, struct, path)
        absent = (None, msgspec.UNSET, _BAD)
        good = {name: part for name, part in present.items() if not any(part is one for one in absent)}
        for name, text in cross_problems(struct, good).items():
            self._note(_join(path, name), text)

    def _unexpected(self, value: Mapping[str, object], struct: object, path: str) -> None:
        shape = cast("type[msgspec.Struct]", get_origin(struct) or struct)
        config = shape.__struct_config__
        if config.forbid_unknown_fields:
            for name in value:
                if name not in shape.__struct_encode_fields__ and name != config.tag_field:
                    self._note(_join(path, name), "is not expected here")

    def _note(self, path: str, text: str) -> None:
        """Remember a problem; the first one of a field is the one that is told."""
        self.found.setdefault(path or ROOT, text)
        if len(self.found) >= MAX_PROBLEMS:
            raise _EnoughError


def _default(field: msgspec.structs.FieldInfo) -> object:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


def _join(path: str, name: str) -> str:
    """The path of a part; the name may be any key that a client made up, hence the cut."""
    short = name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + "..."
    return f"{path}.{short}" if path and short else path or short

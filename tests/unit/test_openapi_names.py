"""The names of the API description are usable in the languages of generated clients."""

import re
from collections import Counter
from typing import Any

from tests.unit.test_openapi import DOCUMENT, inside

COMPONENTS: dict[str, Any] = DOCUMENT["components"]["schemas"]
OPERATIONS = [operation["operationId"] for path in DOCUMENT["paths"].values() for operation in path.values()]

CLASSES = """
Any Array Api ApiClient ApiException ApiResponse Blob Boolean Byte Char Class Client Configuration Date
DateTime Duration Entry Enum Error Event Exception File Float Function Future Headers Int Integer Iterable
Iterator List Location Long Map Me Model Module None Null Number Object Optional Option Order Package Page
Part Path Position Process Promise Range Record Request Response Result Self Set State Status Stream String
Symbol Task Thread Time Timer Type Unit Uri Url Void
"""
TAKEN = set(CLASSES.split())
"""Classes of languages and of their libraries, and of the generated clients themselves."""
WORDS = """
assert async await break case catch class const continue default defer delete do else enum export extends
false finally for from func function go goto if implements import in interface is lambda let map native new
nil none not null or package pass print private protected public raise range return select static struct super
switch this throw true try type typeof val var void when while with yield
"""
KEYWORDS = set(WORDS.split())
SUFFIXES = ("Request", "Response", "Params", "RequestBody", "JSONBody", "JSONRequestBody", "Result")
"""Generators name the types of an operation by its id and these."""


def pascal(operation: str) -> str:
    return "".join(word.capitalize() for word in operation.split("_"))


def test_no_schema_has_the_name_of_something_else() -> None:
    assert COMPONENTS.keys() & TAKEN == set()
    assert [name for name in COMPONENTS if name.startswith("New")] == []  # a constructor in Go
    of_operations = {pascal(operation) + suffix for operation in OPERATIONS for suffix in SUFFIXES}
    assert COMPONENTS.keys() & of_operations == set()


def test_names_differ_in_more_than_their_case() -> None:
    for names in (COMPONENTS, [pascal(operation) for operation in OPERATIONS]):
        assert [name for name, count in Counter(name.lower() for name in names).items() if count > 1] == []


def test_operation_ids_are_valid_in_all_languages() -> None:
    assert [name for name in OPERATIONS if not re.fullmatch("[a-z][a-z0-9]*(_[a-z0-9]+)*", name)] == []
    assert set(OPERATIONS) & KEYWORDS == set()


def test_every_enumeration_union_and_object_has_a_name() -> None:
    parts = [part for schema in COMPONENTS.values() for part in inside(schema) if part is not schema]
    parts += [part for part in inside(DOCUMENT["paths"]) if "x-permission" not in part]
    assert [part for part in parts if len(part.get("enum", ())) > 1 or "oneOf" in part or "properties" in part] == []


def test_no_two_enumerations_are_the_same() -> None:
    values = {name: tuple(schema["enum"]) for name, schema in COMPONENTS.items() if "enum" in schema}
    assert len(set(values.values())) == len(values)


def test_patterns_are_understood_everywhere() -> None:
    patterns = {part["pattern"] for part in inside(DOCUMENT) if isinstance(part.get("pattern"), str)}
    assert [pattern for pattern in patterns if "(?" in pattern or re.search(r"\\[1-9pkbAZz]", pattern)] == []


def test_the_only_union_is_that_of_requests() -> None:
    assert [name for name, schema in COMPONENTS.items() if "oneOf" in schema] == ["ClientEvent"]
    unions = [part["anyOf"] for part in inside(DOCUMENT["components"]) if "anyOf" in part]
    assert [union for union in unions if len(union) != 2 or union[1] != {"type": "null"}] == []

"""From the indexes that tables have to those that they shall have: one at a time, each waited for.

DynamoDB adds or removes one index of a table per update, so CloudFormation refuses a template that differs by two, as
one does when releases were skipped. Such a change is therefore rolled out in several templates. CloudFormation does not
wait until a new index is filled either, and until then whoever asks it is refused.

New indexes come first, then those that are defined otherwise (which means without them in between), then those that go.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Template = Mapping[str, Any]
Properties = dict[str, Any]

_TABLE = "AWS::DynamoDB::Table"
_INDEXES, _ATTRIBUTES = "GlobalSecondaryIndexes", "AttributeDefinitions"
_POLL_S = 10.0


def steps(current: Template | None, wanted: Template) -> Iterator[Template]:
    """The templates to roll out one after the other, the last of which is the wanted one. `current`: None if new."""
    paths = {name: list(_path(before, after)) for name, before, after in _tables(current, wanted)}
    for number in range(max((len(path) for path in paths.values()), default=0)):
        changed = {
            name: {**wanted["Resources"][name], "Properties": path[number]}
            for name, path in paths.items()
            if number < len(path)
        }
        yield {**wanted, "Resources": {**wanted["Resources"], **changed}}
    yield wanted


def wait(
    client: Any, tables: Sequence[str], say: Callable[[str], None], pause: Callable[[float], None] = time.sleep
) -> None:
    """Return when all indexes of these tables can be used, however long it takes to fill them."""
    for table in tables:
        said: list[str] = []
        while unfinished := _unfinished(client.describe_table(TableName=table)["Table"]):
            if unfinished != said:
                say(f"{table}: waiting for {', '.join(unfinished)}")
                said = unfinished
            pause(_POLL_S)


def table_names(template: Template) -> list[str]:
    """The names of the tables of a template."""
    return [one["Properties"]["TableName"] for one in template["Resources"].values() if one["Type"] == _TABLE]


def _tables(current: Template | None, wanted: Template) -> Iterator[tuple[str, Properties, Properties]]:
    """The tables that there are already, as they are and as they shall be."""
    for name, one in wanted["Resources"].items():
        before = (current or {}).get("Resources", {}).get(name)
        if before is not None and one["Type"] == _TABLE:
            yield name, before["Properties"], one["Properties"]


def _path(before: Properties, after: Properties) -> Iterator[Properties]:
    """What lies between the two; nothing if they differ by one index at most."""
    now, wanted = _by_name(before), _by_name(after)
    moves: list[tuple[str, Any]] = [(name, wanted[name]) for name in wanted if name not in now]
    for name in wanted:
        if name in now and now[name] != wanted[name]:
            moves += [(name, None), (name, wanted[name])]
    moves += [(name, None) for name in now if name not in wanted]
    kinds = {one["AttributeName"]: one for one in (*before[_ATTRIBUTES], *after[_ATTRIBUTES])}
    for name, index in moves[:-1]:
        now = {other: known for other, known in now.items() if other != name}
        if index is not None:
            now[name] = index
        yield _with(after, now, kinds)


def _by_name(properties: Properties) -> dict[str, Any]:
    return {one["IndexName"]: one for one in properties.get(_INDEXES, ())}


def _with(properties: Properties, indexes: Mapping[str, Any], kinds: Mapping[str, Any]) -> Properties:
    """A table with these indexes; of the attributes just those that are keys are told, or DynamoDB refuses."""
    schemas = [properties["KeySchema"], *(one["KeySchema"] for one in indexes.values())]
    used = {key["AttributeName"] for schema in schemas for key in schema}
    made = {**properties, _ATTRIBUTES: [kinds[name] for name in sorted(used)]}
    made.pop(_INDEXES, None)
    return {**made, _INDEXES: [indexes[name] for name in sorted(indexes)]} if indexes else made


def _unfinished(table: Mapping[str, Any]) -> list[str]:
    return [one["IndexName"] for one in table.get(_INDEXES, ()) if one.get("IndexStatus", "ACTIVE") != "ACTIVE"]

"""Changes the indexes of tables one at a time, and waits for each.

DynamoDB adds or removes one index of a table per update, so CloudFormation rejects a template with two such changes,
which occurs when releases were skipped. Such a change is rolled out in several templates. CloudFormation does not wait
until a new index is filled either, and queries of it fail until then.

New indexes come first, then changed ones (which do not exist in between), then removed ones.
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


def steps(current: Template | None, target: Template) -> Iterator[Template]:
    """Yield the templates to roll out in order; the last is `target`. `current` is None for a new stack."""
    paths = {name: list(_path(before, after)) for name, before, after in _tables(current, target)}
    for number in range(max((len(path) for path in paths.values()), default=0)):
        changed = {
            name: {**target["Resources"][name], "Properties": path[number]}
            for name, path in paths.items()
            if number < len(path)
        }
        yield {**target, "Resources": {**target["Resources"], **changed}}
    yield target


def wait(
    client: Any, tables: Sequence[str], say: Callable[[str], None], pause: Callable[[float], None] = time.sleep
) -> None:
    """Wait until all indexes of these tables are active, however long it takes to fill them."""
    for table in tables:
        reported: list[str] = []
        while unfinished := _unfinished(client.describe_table(TableName=table)["Table"]):
            if unfinished != reported:
                say(f"{table}: waiting for {', '.join(unfinished)}")
                reported = unfinished
            pause(_POLL_S)


def table_names(template: Template) -> list[str]:
    """Return the names of the tables in a template."""
    resources = template["Resources"].values()
    return [resource["Properties"]["TableName"] for resource in resources if resource["Type"] == _TABLE]


def _tables(current: Template | None, target: Template) -> Iterator[tuple[str, Properties, Properties]]:
    """Yield the existing tables with their current and their target properties."""
    for name, resource in target["Resources"].items():
        before = (current or {}).get("Resources", {}).get(name)
        if before is not None and resource["Type"] == _TABLE:
            yield name, before["Properties"], resource["Properties"]


def _path(before: Properties, after: Properties) -> Iterator[Properties]:
    """Yield the states between the two; none if they differ by one index at most."""
    current, target = _by_name(before), _by_name(after)
    changes: list[tuple[str, Any]] = [(name, target[name]) for name in target if name not in current]
    for name in target:
        if name in current and current[name] != target[name]:
            changes += [(name, None), (name, target[name])]
    changes += [(name, None) for name in current if name not in target]
    attributes = {definition["AttributeName"]: definition for definition in (*before[_ATTRIBUTES], *after[_ATTRIBUTES])}
    for name, index in changes[:-1]:
        current = {other: definition for other, definition in current.items() if other != name}
        if index is not None:
            current[name] = index
        yield _with_indexes(after, current, attributes)


def _by_name(properties: Properties) -> dict[str, Any]:
    return {index["IndexName"]: index for index in properties.get(_INDEXES, ())}


def _with_indexes(properties: Properties, indexes: Mapping[str, Any], attributes: Mapping[str, Any]) -> Properties:
    """Return a table with these indexes. DynamoDB requires that exactly the key attributes are defined."""
    schemas = [properties["KeySchema"], *(index["KeySchema"] for index in indexes.values())]
    used = {key["AttributeName"] for schema in schemas for key in schema}
    table = {**properties, _ATTRIBUTES: [attributes[name] for name in sorted(used)]}
    table.pop(_INDEXES, None)
    return {**table, _INDEXES: [indexes[name] for name in sorted(indexes)]} if indexes else table


def _unfinished(table: Mapping[str, Any]) -> list[str]:
    indexes = table.get(_INDEXES, ())
    return [index["IndexName"] for index in indexes if index.get("IndexStatus", "ACTIVE") != "ACTIVE"]

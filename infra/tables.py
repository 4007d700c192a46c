"""The tables, derived from the models: one source for what the code stores and what an engine is told to keep.

Several models share a table; here they are walked and merged: the keys (the same in every table), the attributes that
keys and indexes name, the indexes, and the attribute by which items expire. Billing is on demand everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import chalicelib.audit.tables
import chalicelib.dispatch.tables
import chalicelib.edge.idempotency
import chalicelib.identity.tables
import chalicelib.realtime.tables  # noqa: F401 - models are found among the subclasses of `Item` once they are imported
from chalicelib.core.table import ExpiryAttribute, Item

_KEYS = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]


@dataclass(slots=True)
class TableDefinition:
    """One table as `CreateTable` wants it, and the attribute that holds its items' time to live, if they have one."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    indexes: dict[str, dict[str, Any]] = field(default_factory=dict)
    expiry: str | None = None

    def add(self, model: type[Item]) -> None:
        """Merge what a model needs. Raises `ValueError` if it contradicts another model of the table."""
        schema = model.schema()
        for attribute in schema["attribute_definitions"]:
            self._settle(self.attributes, attribute["AttributeName"], attribute["AttributeType"])
        for index in schema["global_secondary_indexes"]:
            definition = {
                "IndexName": index["index_name"],
                "KeySchema": index["key_schema"],
                "Projection": index["projection"],
            }
            self._settle(self.indexes, index["index_name"], definition)
        if isinstance(model.get_attributes().get("expires_at"), ExpiryAttribute):
            self.expiry = "expires_at"

    def request(self) -> dict[str, Any]:
        """The arguments of `CreateTable`."""
        attributes = [{"AttributeName": n, "AttributeType": t} for n, t in sorted(self.attributes.items())]
        wanted: dict[str, Any] = {
            "TableName": self.name,
            "KeySchema": _KEYS,
            "AttributeDefinitions": attributes,
            "BillingMode": "PAY_PER_REQUEST",
        }
        if self.indexes:
            wanted["GlobalSecondaryIndexes"] = [self.indexes[name] for name in sorted(self.indexes)]
        return wanted

    def _settle(self, known: dict[str, Any], name: str, value: Any) -> None:
        if known.setdefault(name, value) != value:
            raise ValueError(f"two models of table {self.name} define {name} differently")


def definitions() -> list[TableDefinition]:
    """All tables of the stage that the settings name."""
    found: dict[str, TableDefinition] = {}
    for model in _models(Item):
        name = model.Meta.table_name
        found.setdefault(name, TableDefinition(name)).add(model)
    return [found[name] for name in sorted(found)]


def create_missing(client: Any) -> list[str]:
    """Create the tables that are not there yet, and wait for them; the names of those that were made."""
    made = []
    for table in definitions():
        try:
            client.create_table(**table.request())
        except client.exceptions.ResourceInUseException:
            continue
        client.get_waiter("table_exists").wait(TableName=table.name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
        if table.expiry:
            expiry = {"Enabled": True, "AttributeName": table.expiry}
            client.update_time_to_live(TableName=table.name, TimeToLiveSpecification=expiry)
        made.append(table.name)
    return made


def _models(base: type[Item]) -> Iterator[type[Item]]:
    for model in base.__subclasses__():
        if "Meta" in model.__dict__:
            yield model
        yield from _models(model)

"""All items of all tables, read directly from the engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from chalicelib.core.aws import client
from chalicelib.core.settings import settings
from chalicelib.core.table import Item
from infra.tables import definitions

M = TypeVar("M", bound=Item)
RawItem = dict[str, Any]


class Snapshot:
    """The items of each table, by the full name of the table. Only those of one organisation are returned."""

    def __init__(self, org_id: str, items: Mapping[str, Iterable[RawItem]]) -> None:
        self.org_id = org_id
        self.items: dict[str, list[RawItem]] = defaultdict(list)
        for table, found in items.items():
            self.items[table] = list(found)

    def __len__(self) -> int:
        return sum(map(len, self.items.values()))

    def all(self, model: type[M], sk: str = "", *, pk: str = "") -> list[M]:
        """Return the items of a model: their sort keys are `sk`, or begin with it if it ends with `#`.

        `pk` is the part of the partition key after the organisation.
        """
        return [model.from_raw_data(dict(raw)) for raw in self.raw(model, sk, pk=pk)]

    def raw(self, model: type[Item], sk: str = "", *, pk: str = "") -> list[RawItem]:
        """Return the same as the store has them."""
        start = f"{self.org_id}#{pk}"
        return [
            raw
            for raw in self.items[model.Meta.table_name]
            if raw["pk"]["S"].startswith(start) and _matches(raw["sk"]["S"], sk)
        ]

    def everywhere(self, model: type[M], sk: str) -> list[M]:
        """Return the items whose keys do not begin with an organisation."""
        found = self.items[model.Meta.table_name]
        return [model.from_raw_data(dict(raw)) for raw in found if _matches(raw["sk"]["S"], sk)]


def taken(org_id: str, *models: type[Item]) -> Snapshot:
    """Return the present content of the engine, or of the tables of these models only."""
    scan = client("dynamodb", settings().dynamodb_endpoint).get_paginator("scan")
    tables = {model.Meta.table_name for model in models} or {table.name for table in definitions(settings().stage)}
    return Snapshot(
        org_id,
        {
            name: [item for page in scan.paginate(TableName=name, ConsistentRead=True) for item in page["Items"]]
            for name in tables
        },
    )


def _matches(sk: str, wanted: str) -> bool:
    return sk.startswith(wanted) if wanted.endswith("#") or not wanted else sk == wanted

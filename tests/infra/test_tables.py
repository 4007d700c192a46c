"""The tables that are derived from the models."""

from collections.abc import Iterator

import pytest
from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from chalicelib.core.aws import client
from chalicelib.core.settings import settings
from chalicelib.core.table import ExpiryAttribute, IntAttribute, Item, TableName
from infra.local.engine import EmbeddedEngine
from infra.tables import SchemaConflict, Table, create_missing, definitions, merge


class ByName(GlobalSecondaryIndex["Bird"]):
    class Meta:
        index_name = "by_name"
        projection = AllProjection()

    name = UnicodeAttribute(hash_key=True)


class ByOtherName(GlobalSecondaryIndex["Nest"]):
    class Meta:
        index_name = "by_name"
        projection = KeysOnlyProjection()

    name = UnicodeAttribute(hash_key=True)


class _Meta:
    table_name = TableName("birds")


class Bird(Item):
    class Meta(_Meta):
        pass

    name = UnicodeAttribute()
    expires_at = ExpiryAttribute()
    by_name = ByName()


class Nest(Item):
    class Meta(_Meta):
        pass

    name = UnicodeAttribute()
    by_name = ByOtherName()


class Egg(Item):
    class Meta(_Meta):
        pass

    rots_at = ExpiryAttribute()


class Feather(Item):
    class Meta(_Meta):
        pass

    number = IntAttribute()


@pytest.fixture
def scratch(engine: EmbeddedEngine) -> Iterator[str]:
    """The name of a table that does not exist and is deleted afterwards."""
    name = "baton-test-scratch"
    yield name
    if name in client("dynamodb").list_tables()["TableNames"]:
        client("dynamodb").delete_table(TableName=name)


def test_every_domain_has_its_table_of_the_stage() -> None:
    names = [table.name for table in definitions("dev")]
    assert {"baton-dev-identity", "baton-dev-dispatch", "baton-dev-realtime", "baton-dev-edge"} <= set(names)
    assert "baton-dev-system_audit_trail" in names
    assert names == sorted(set(names))


def test_items_that_expire_do_so_by_one_attribute_everywhere() -> None:
    expiring = {table.short_name: table.expiry for table in definitions("dev")}
    assert expiring["realtime"] == expiring["identity"] == expiring["edge"] == "expires_at"
    assert expiring["system_audit_trail"] is None


def test_every_attribute_that_is_defined_is_a_key_of_something() -> None:
    for table in definitions("dev"):
        used = {table.hash_key, table.range_key}
        for index in table.indexes.values():
            used |= {index.hash_key, index.range_key or index.hash_key}
        assert set(table.attributes) == used, table.name


def test_models_of_a_table_are_merged() -> None:
    birds = Table("baton-dev-birds", "birds")
    for kind in (Bird, Feather):
        merge(birds, kind)
    assert birds.request() == {
        "TableName": "baton-dev-birds",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("name", "pk", "sk")],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "by_name",
                "KeySchema": [{"AttributeName": "name", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    }
    assert birds.expiry == "expires_at"


@pytest.mark.parametrize("other", [Nest, Egg])
def test_conflicting_models_of_a_table_are_an_error(other: type[Item]) -> None:
    birds = Table("baton-dev-birds", "birds")
    merge(birds, Bird)
    with pytest.raises(SchemaConflict, match=other.__name__):
        merge(birds, other)


@pytest.mark.parametrize("table", definitions("prod"), ids=lambda table: table.short_name)
def test_table_respects_the_limits_of_dynamodb(table: Table) -> None:
    # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Projection.html; most engines do not look.
    named = [len(index.projected or ()) for index in table.indexes.values()]
    assert sum(named) <= 100
    assert all(number <= 20 for number in named)
    assert len(table.indexes) <= 20


def test_only_missing_tables_are_created(engine: EmbeddedEngine, scratch: str) -> None:
    wanted = Table(scratch, "scratch", attributes={"pk": "S", "sk": "S"}, expiry="expires_at")
    assert create_missing(client("dynamodb"), [wanted]) == [scratch]
    assert create_missing(client("dynamodb"), [wanted]) == []
    expiry = client("dynamodb").describe_time_to_live(TableName=scratch)["TimeToLiveDescription"]
    assert expiry["AttributeName"] == "expires_at"


def test_the_tables_of_the_configured_stage_are_the_default(engine: EmbeddedEngine) -> None:
    assert create_missing(client("dynamodb")) == []
    existing = set(client("dynamodb").list_tables()["TableNames"])
    assert {table.name for table in definitions(settings().stage)} <= existing


def test_a_table_that_is_older_than_the_code_is_not_used(engine: EmbeddedEngine, scratch: str) -> None:
    old = Table(scratch, "scratch", attributes={"pk": "S", "sk": "S"})
    create_missing(client("dynamodb"), [old])
    birds = Table(scratch, "scratch")
    merge(birds, Bird)
    with pytest.raises(SchemaConflict, match="by_name"):
        create_missing(client("dynamodb"), [birds])

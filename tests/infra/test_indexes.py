"""Tables get their indexes one at a time, and the deployment waits until they are active."""

from typing import Any

from infra.stacks.foundation import foundation
from infra.stacks.indexes import steps, table_names, wait

KEYS = {"pk": "S", "sk": "S", "a": "S", "b": "N", "c": "S"}


def template(**indexes: str) -> dict[str, Any]:
    """Return a template of one table with indexes, each keyed by one attribute."""
    used = sorted({"pk", "sk", *indexes.values()})
    properties: dict[str, Any] = {
        "TableName": "things",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": KEYS[name]} for name in used],
    }
    if indexes:
        properties["GlobalSecondaryIndexes"] = [
            {"IndexName": name, "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}]}
            for name, key in sorted(indexes.items())
        ]
    return {
        "Resources": {"Things": {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain", "Properties": properties}}
    }


def shown(one: Any) -> dict[str, str]:
    """Return the indexes of a template. Assert that exactly the key attributes are defined."""
    properties = one["Resources"]["Things"]["Properties"]
    found = {
        index["IndexName"]: index["KeySchema"][0]["AttributeName"]
        for index in properties.get("GlobalSecondaryIndexes", ())
    }
    defined = {one["AttributeName"]: one["AttributeType"] for one in properties["AttributeDefinitions"]}
    assert defined == {name: KEYS[name] for name in ("pk", "sk", *found.values())}
    assert one["Resources"]["Things"]["DeletionPolicy"] == "Retain"
    return found


def way(before: Any, after: Any) -> list[dict[str, str]]:
    return [shown(one) for one in steps(before, after)]


def test_a_new_table_gets_all_its_indexes_at_once() -> None:
    wanted = template(x="a", y="b")
    assert list(steps(None, wanted)) == [wanted]
    assert list(steps({"Resources": {}}, wanted)) == [wanted]


def test_change_of_at_most_one_index_is_one_step() -> None:
    for before in (template(x="a"), template(x="a", y="b"), template(x="a", y="b", z="c")):
        assert list(steps(before, template(x="a", y="b"))) == [template(x="a", y="b")]


def test_two_new_indexes_come_one_after_the_other() -> None:
    assert way(template(), template(x="a", y="b")) == [{"x": "a"}, {"x": "a", "y": "b"}]


def test_new_indexes_are_created_before_old_ones_are_removed() -> None:
    assert way(template(x="a"), template(y="b")) == [{"x": "a", "y": "b"}, {"y": "b"}]


def test_changed_index_is_removed_and_created() -> None:
    assert way(template(x="a", y="b"), template(x="c", y="b")) == [{"y": "b"}, {"x": "c", "y": "b"}]


def test_last_step_is_the_target_template() -> None:
    wanted = template(y="b", z="c")
    assert list(steps(template(x="a"), wanted))[-1] == wanted


def test_tables_take_their_steps_side_by_side() -> None:
    before, after = foundation("dev"), foundation("dev")
    several = [
        name
        for name, one in before["Resources"].items()
        if len(one["Properties"].get("GlobalSecondaryIndexes", ())) > 1
    ]
    assert len(several) > 1
    most = 0
    for name in several:
        properties = before["Resources"][name]["Properties"]
        most = max(most, len(properties.pop("GlobalSecondaryIndexes")))
        properties["AttributeDefinitions"] = [
            one for one in properties["AttributeDefinitions"] if one["AttributeName"] in ("pk", "sk")
        ]
    found = list(steps(before, after))
    assert len(found) == most
    assert found[-1] == after
    assert set(table_names(found[0])) == set(table_names(after))


class Filling:
    """A DynamoDB client whose index becomes active after some calls."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def describe_table(self, TableName: str) -> dict[str, Any]:  # noqa: N803 - as botocore calls it
        self.looks -= 1
        statuses = {"old": "ACTIVE", "new": "CREATING" if self.looks > 0 else "ACTIVE"}
        indexes = [{"IndexName": name, "IndexStatus": status} for name, status in statuses.items()]
        return {"Table": {"TableName": TableName, "GlobalSecondaryIndexes": indexes}}


def test_deployment_waits_until_an_index_is_active() -> None:
    told: list[str] = []
    paused: list[float] = []
    wait(Filling(3), ["things"], told.append, paused.append)
    assert told == ["things: waiting for new"]
    assert len(paused) == 2

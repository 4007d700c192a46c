"""Compiled update expressions give the same result as moto, for success and for refusal."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.dynamodb import models
from moto.dynamodb.parsing.executors import UpdateExpressionExecutor
from moto.dynamodb.parsing.validators import UpdateExpressionValidator

from infra.local.engine_patches import patched_moto, replaced
from tests.infra.engine_calls import Calls, Json, Refused, key, number, text

NAMES = {"#0": "a", "#1": "b", "#2": "c", "#3": "pk"}
VALUES: Json = {
    ":0": number(1),
    ":1": number("-2.50"),
    ":2": text("x"),
    ":3": {"L": [text("y")]},
    ":4": {"SS": ["p", "q"]},
    ":5": {"M": {"k": number(3)}},
    ":6": {"BOOL": True},
    ":7": {"SS": ["q", "r"]},
    ":8": {"L": [text("u"), number(4), text("v")]},
}

attributes = st.sampled_from([*NAMES, "#9"])
values = st.sampled_from([*VALUES, ":9"])
# moto takes a key attribute for a change where it is only read; DynamoDB and the compiled update read it.
operands = st.recursive(
    attributes.filter(lambda name: name != "#3") | values,
    lambda inner: st.builds("{}({}, {})".format, st.sampled_from(["if_not_exists", "list_append"]), inner, inner),
    max_leaves=3,
)
sums = st.builds("{} {} {}".format, operands, st.sampled_from("+-"), operands)
assignments = st.builds("{} = {}".format, attributes, operands | sums)
additions = st.builds("{} {}".format, attributes, values)
elements = st.builds("{}[{}]".format, st.sampled_from(["#1", "#1", "#2"]), st.integers(0, 3))
clauses = st.one_of(
    st.lists(assignments, min_size=1, max_size=3).map(lambda parts: "SET " + ", ".join(parts)),
    st.lists(additions, min_size=1, max_size=2).map(lambda parts: "ADD " + ", ".join(parts)),
    st.lists(attributes | elements, min_size=1, max_size=3).map(lambda parts: "REMOVE " + ", ".join(parts)),
    additions.map(lambda part: "DELETE " + part),
)
expressions = st.lists(clauses, min_size=1, max_size=3).map(" ".join)
items = st.none() | st.dictionaries(st.sampled_from("abc"), st.sampled_from([*VALUES.values()]))


@contextmanager
def uncompiled() -> Iterator[None]:
    """Let moto carry out updates itself while the block runs."""
    with (
        replaced(models, "UpdateExpressionValidator", UpdateExpressionValidator),
        replaced(models, "UpdateExpressionExecutor", UpdateExpressionExecutor),
    ):
        yield


def result(item: Json | None, expression: str) -> Any:
    """Return the whole item after an update of it, or how the update is refused."""
    calls = Calls()
    if item is not None:
        calls.put("p", "s", **item)
    names = {name: attribute for name, attribute in NAMES.items() if name in expression}
    given_values = {name: value for name, value in VALUES.items() if name in expression}
    more = {"ExpressionAttributeValues": given_values} if given_values else {}
    try:
        calls(
            "UpdateItem",
            TableName="things",
            Key=key("p", "s"),
            UpdateExpression=expression,
            ExpressionAttributeNames=names,
            **more,
        )
    except Refused as refused:
        return str(refused)
    return calls("GetItem", TableName="things", Key=key("p", "s"))["Item"]


@given(items, expressions)
def test_a_compiled_update_gives_the_result_of_moto(item: Json | None, expression: str) -> None:
    with patched_moto():
        compiled = result(item, expression)
        with uncompiled():
            assert result(item, expression) == compiled


@pytest.mark.parametrize(
    "expression",
    ["SET #0 = :0", "ADD #0 :0", "SET #1 = list_append(#1, :3) REMOVE #0", "SET #0 = :0 REMOVE #1[2], #1[0]"],
)
def test_a_usual_update_is_not_left_to_moto(expression: str) -> None:
    def validate(*_: object) -> None:
        raise AssertionError

    with patched_moto(), replaced(UpdateExpressionValidator, "validate", validate):
        assert result({"a": number(1), "b": VALUES[":8"]}, expression)


def test_elements_are_removed_by_their_indexes_before_the_update() -> None:
    with patched_moto():
        assert result({"b": VALUES[":8"]}, "REMOVE #1[0], #1[1]")["b"] == {"L": [text("v")]}

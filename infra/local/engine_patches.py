"""Replaces parts of moto while an engine runs, each for a measured reason, and restores them when it stops.

Two replacements change results: sums are exact, and a transaction may read a hundred items, not moto's old 25. All
others only save time: moto checks the size of an item once per attribute, keeps a list of all items ever created, and
converts the whole item to Python values for each attribute of a projection.
"""

import copy
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from decimal import Context, Decimal, Inexact
from functools import cache, lru_cache
from typing import Any

from moto.dynamodb import models as moto_models
from moto.dynamodb import responses
from moto.dynamodb.comparisons import AttributeValue, ConditionExpressionParser, OpDefault
from moto.dynamodb.exceptions import ItemSizeTooLarge, MockValidationException
from moto.dynamodb.models import dynamo_type
from moto.dynamodb.models import table as moto_table
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.parsing.expressions import UpdateExpressionParser  # type: ignore[attr-defined]

from infra.local.engine_updates import LARGEST_ITEM, Executor, Validator
from infra.local.engine_values import cast_value, equal, hash_value, init_value, size_of_text, size_of_value

_EXACT = Context(prec=38, traps=[Inexact])
_CONTAINERS = frozenset({"L", "M", "SS", "NS", "BS"})


@contextmanager
def patched_moto() -> Iterator[None]:
    """Replace the parts of moto while the block runs."""
    with ExitStack() as stack:
        for owner, name, new in _REPLACEMENTS:
            stack.enter_context(replaced(owner, name, new))
        yield


@contextmanager
def replaced(owner: Any, name: str, new: Any) -> Iterator[None]:
    """Replace one attribute of a class or module while the block runs."""
    own, before = name in vars(owner), vars(owner).get(name)
    setattr(owner, name, new)
    try:
        yield
    finally:
        if own:
            setattr(owner, name, before)
        else:
            delattr(owner, name)


def _new_untracked(cls: type[Item], *_: Any, **__: Any) -> Item:
    """Create an item without adding it to moto's list of all items, which only grows."""
    return object.__new__(cls)


def _init_item(self: Item, hash_key: DynamoType, range_key: DynamoType | None, attrs: dict[str, Any]) -> None:
    self.hash_key, self.range_key = hash_key, range_key
    self.attrs = _attributes({name: DynamoType(value) for name, value in attrs.items()})
    if _moto_size(self) > LARGEST_ITEM:
        raise ItemSizeTooLarge


def _size(self: Item) -> int:
    """Return the cached size of an item. Only reads call this, and stored items never change (see `engine_table`)."""
    size: int | None = vars(self).get("_cached_size")
    if size is None:
        size = _moto_size(self)
        vars(self)["_cached_size"] = size
    return size


def _copy_item(self: Item, _: dict[int, Any]) -> Item:
    return _item(self, {name: copy.deepcopy(value) for name, value in self.attrs.items()})


def _copy_value(self: DynamoType, _: dict[int, Any]) -> DynamoType:
    """Copy containers only; numbers and texts never change in place, so copies may share them."""
    if self.type not in _CONTAINERS:
        return self
    if self.type == "M":
        return _value("M", {name: copy.deepcopy(value) for name, value in self.value.items()})
    return _value(self.type, [copy.deepcopy(value) for value in self.value])


class _Copying:
    """moto's `copy` in table reads. Stored items never change in place, so results may share them (see `engine_table`).

    Copying a page took nearly half of the time of a query.
    """

    copy = staticmethod(copy.copy)

    @staticmethod
    def deepcopy(value: Any) -> Any:
        first = value[0] if isinstance(value, list) and value else value
        return value if isinstance(first, Item) else copy.deepcopy(value)


def _plus(self: DynamoType, other: DynamoType) -> DynamoType:
    """Add exactly: moto rounds to 28 digits, DynamoDB keeps 38, and moto fails for an exponent."""
    return _total(self, other, _EXACT.add)


def _minus(self: DynamoType, other: DynamoType) -> DynamoType:
    return _total(self, other, _EXACT.subtract)


def _total(left: DynamoType, right: DynamoType, add: Callable[[Decimal, Decimal], Decimal]) -> DynamoType:
    if left.type != "N" or right.type != "N":
        raise TypeError("only numbers can be added")
    try:
        return _value("N", f"{add(Decimal(left.value), Decimal(right.value)):f}")
    except Inexact as error:
        raise MockValidationException("Number overflow: the result has more than 38 significant digits") from error


def _project(self: Item, paths: list[list[str]]) -> Item:
    if any(len(path) > 1 or path[0].endswith("]") for path in paths):
        return _moto_project(self, paths)
    return _item(self, {name: self.attrs[name] for (name,) in paths if name in self.attrs})


class _Shape(ConditionExpressionParser):
    """Parses a condition whose values are not known yet: a value is the placeholder itself."""

    def _lookup_expression_attribute_value(self, name: str) -> Any:
        return name

    def _make_op_condition(self, node: Any) -> Any:
        return node


@lru_cache(maxsize=4096)
def _shape(expression: str, names: tuple[tuple[str, str], ...]) -> tuple[Any, list[str], list[str]]:
    parser = _Shape(expression, dict(names), None)
    return _moto_parse(parser), parser.expr_attr_names_found, parser.expr_attr_values_found


def _parsed(self: ConditionExpressionParser) -> Any:
    """Parse a condition once for all values. moto does so for each call, and compiles its patterns anew each time."""
    if not self.condition_expression:
        return OpDefault(None, None)  # type: ignore[arg-type]  # moto makes it in the same way
    shape, names, values = _shape(self.condition_expression, tuple((self.expression_attribute_names or {}).items()))
    self.expr_attr_names_found.extend(names)
    self.expr_attr_values_found.extend(values)
    return self._make_op_condition(shape)


def _operand(self: ConditionExpressionParser, node: Any) -> Any:
    if node.kind == self.Kind.EXPRESSION_ATTRIBUTE_VALUE:
        return AttributeValue(self._lookup_expression_attribute_value(node.value))
    return _moto_operand(self, node)


def _item(like: Item, attrs: dict[str, DynamoType]) -> Item:
    made: Item = object.__new__(Item)
    made.hash_key, made.range_key, made.attrs = like.hash_key, like.range_key, _attributes(attrs)
    return made


def _attributes(values: dict[str, DynamoType]) -> LimitedSizeDict:
    """Return the attributes in moto's container without checking the total size once per attribute."""
    attrs = LimitedSizeDict()
    attrs.update(values)
    return attrs


def _value(kind: str, value: Any) -> DynamoType:
    made = object.__new__(DynamoType)
    made.type, made.value = kind, value
    return made


_moto_operand = ConditionExpressionParser._make_operand  # noqa: SLF001 - it has no other name
_moto_parse = ConditionExpressionParser.parse
_moto_project = Item.project
_moto_size = Item.size

_REPLACEMENTS: tuple[tuple[Any, str, Any], ...] = (
    (ConditionExpressionParser, "parse", _parsed),
    (ConditionExpressionParser, "_make_operand", _operand),
    (Item, "__new__", _new_untracked),
    (Item, "__init__", _init_item),
    (Item, "__deepcopy__", _copy_item),
    (Item, "project", _project),
    (Item, "size", _size),
    (DynamoType, "__deepcopy__", _copy_value),
    (moto_table, "copy", _Copying),
    (DynamoType, "__init__", init_value),
    (DynamoType, "__hash__", hash_value),
    (DynamoType, "__eq__", equal),
    (DynamoType, "cast_value", property(cast_value)),
    (DynamoType, "size", size_of_value),
    (dynamo_type, "bytesize", size_of_text),
    (DynamoType, "__add__", _plus),
    (DynamoType, "__sub__", _minus),
    # The response encodes the values as JSON, so they need no conversion before.
    (responses, "dynamo_to_dict", lambda result: result),
    # Nobody changes the parsed expression before copying it, and a program has few expressions.
    (UpdateExpressionParser, "make", staticmethod(cache(UpdateExpressionParser.make))),
    (moto_models, "UpdateExpressionValidator", Validator),
    (moto_models, "UpdateExpressionExecutor", Executor),
    (responses, "TRANSACTION_MAX_ITEMS", 100),
)

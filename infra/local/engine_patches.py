"""What is replaced inside moto while an engine runs, each for a measured reason, and put back when it stops.

Two are about answers: sums are exact, and a transaction may read a hundred items, not moto's old 25. All others are
about cost and could be left out: moto checks the size of an item once per attribute, remembers every item ever
made, and works out a projection by turning the whole item into Python values for each attribute.
"""

import copy
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from decimal import Context, Decimal, Inexact
from functools import cache, lru_cache
from typing import Any

from moto.dynamodb import responses
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.exceptions import ItemSizeTooLarge, MockValidationException
from moto.dynamodb.models import table as moto_table
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Node  # type: ignore[attr-defined]
from moto.dynamodb.parsing.expressions import UpdateExpressionParser  # type: ignore[attr-defined]

_LARGEST_ITEM = 405_000  # moto's own limit
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
    """Make an item that no list holds, unlike moto, whose dashboard has them all until memory ends."""
    return object.__new__(cls)


def _init_item(self: Item, hash_key: DynamoType, range_key: DynamoType | None, attrs: dict[str, Any]) -> None:
    self.hash_key, self.range_key = hash_key, range_key
    self.attrs = _attributes({name: DynamoType(value) for name, value in attrs.items()})
    if _moto_size(self) > _LARGEST_ITEM:
        raise ItemSizeTooLarge


def _size(self: Item) -> int:
    """Weigh an item once. Only reads ask, and what they see is never changed again (see `engine_table`)."""
    known: int | None = vars(self).get("_known_size")
    if known is None:
        known = _moto_size(self)
        vars(self)["_known_size"] = known
    return known


def _copy_item(self: Item, _: dict[int, Any]) -> Item:
    return _item(self, {name: copy.deepcopy(value) for name, value in self.attrs.items()})


def _copy_value(self: DynamoType, _: dict[int, Any]) -> DynamoType:
    """A number or a text is never changed in place, only replaced, so copies may share it."""
    if self.type not in _CONTAINERS:
        return self
    if self.type == "M":
        return _value("M", {name: copy.deepcopy(value) for name, value in self.value.items()})
    return _value(self.type, [copy.deepcopy(value) for value in self.value])


class _Copying:
    """moto's `copy` where tables are read: what stands in them is replaced, never changed, so answers may share it.

    See `engine_table`. A page of a query was copied whole, which took nearly half of its time.
    """

    copy = staticmethod(copy.copy)

    @staticmethod
    def deepcopy(value: Any) -> Any:
        first = value[0] if isinstance(value, list) and value else value
        return value if isinstance(first, Item) else copy.deepcopy(value)


def _plus(self: DynamoType, other: DynamoType) -> DynamoType:
    """Add exactly: moto rounds to 28 digits, where DynamoDB keeps 38, and trips over an exponent."""
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


def _copy_node(self: Node, memo: dict[int, Any]) -> Node:
    """Copy a part of a parsed expression without the machinery that finds out how to copy an unknown object."""
    made = object.__new__(type(self))
    vars(made).update(vars(self))
    if self.children is not None:
        made.children = [copy.deepcopy(child, memo) if hasattr(child, "parent") else child for child in self.children]
        for child in made.children:
            if hasattr(child, "parent"):
                child.parent = made
    return made


def _traversed(self: DepthFirstTraverser, node: Any, child_id: int = -1) -> Any:
    """Go through an expression as moto does, children first, and look up what it asks at each node."""
    return _walked(self, tuple(self._processing_map()), node, child_id)


def _walked(traverser: DepthFirstTraverser, kinds: tuple[type, ...], node: Any, child_id: int) -> Any:
    parent = node.parent
    for place, child in enumerate(node.children or ()):
        traverser.pre_processing_of_child(node, place)
        if _is_a(type(child), Node):
            _walked(traverser, kinds, child, place)
    if _is_a(type(node), kinds):
        node = traverser.process(node)
        node.parent = parent
        if parent:
            parent.children[child_id] = node
    return node


_is_a: Callable[[type, Any], bool] = cache(issubclass)


def _lexed(self: ConditionExpressionParser) -> deque[Any]:
    """Take a condition apart once, where moto does so, with patterns compiled anew, each time that it comes."""
    return deque(_tokens(self.condition_expression))


@lru_cache(maxsize=1024)
def _tokens(expression: str) -> tuple[Any, ...]:
    return tuple(_moto_lexed(ConditionExpressionParser(expression, {}, {})))


def _item(like: Item, attrs: dict[str, DynamoType]) -> Item:
    made: Item = object.__new__(Item)
    made.hash_key, made.range_key, made.attrs = like.hash_key, like.range_key, _attributes(attrs)
    return made


def _attributes(values: dict[str, DynamoType]) -> LimitedSizeDict:
    """Make what an item keeps its attributes in, without weighing all of them for each of them."""
    attrs = LimitedSizeDict()
    attrs.update(values)
    return attrs


def _value(kind: str, value: Any) -> DynamoType:
    made = object.__new__(DynamoType)
    made.type, made.value = kind, value
    return made


_moto_lexed = ConditionExpressionParser._lex_condition_expression  # noqa: SLF001 - it has no other name
_moto_project = Item.project
_moto_size = Item.size

_REPLACEMENTS: tuple[tuple[Any, str, Any], ...] = (
    (ConditionExpressionParser, "_lex_condition_expression", _lexed),
    (Item, "__new__", _new_untracked),
    (Item, "__init__", _init_item),
    (Item, "__deepcopy__", _copy_item),
    (Item, "project", _project),
    (Item, "size", _size),
    (DynamoType, "__deepcopy__", _copy_value),
    (moto_table, "copy", _Copying),
    (DynamoType, "__add__", _plus),
    (DynamoType, "__sub__", _minus),
    # What this turns into plain values, the answer writes as JSON anyway.
    (responses, "dynamo_to_dict", lambda result: result),
    # The parsed expression is copied by all who change it, and a program has few expressions.
    (UpdateExpressionParser, "make", staticmethod(cache(UpdateExpressionParser.make))),
    (Node, "__deepcopy__", _copy_node),
    (DepthFirstTraverser, "traverse_node_recursively", _traversed),
    (responses, "TRANSACTION_MAX_ITEMS", 100),
)

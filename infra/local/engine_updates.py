"""Update expressions, compiled once and then carried out directly.

moto copies the parsed expression for each update and walks the copy a dozen times. That took a seventh of the time of
the tests of the API. Here an expression becomes a short list of actions, which is kept from call to call. Only an
update that succeeds, names attributes by placeholders (`#0`) and changes them whole, or removes elements of a list, is
carried out in this way. All others are left to moto, which knows how DynamoDB refuses them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing import ast_nodes
from moto.dynamodb.parsing.executors import UpdateExpressionExecutor
from moto.dynamodb.parsing.validators import UpdateExpressionValidator

from infra.local.engine_values import size_of_text

LARGEST_ITEM = 405_000
"""moto's limit for the size of an item, in bytes."""

Node = Any
"""A part of an expression as moto has parsed it. moto has no types for these."""

_ast: Any = ast_nodes
_SETS = frozenset({"SS", "NS", "BS"})
_ZERO = DynamoType({"N": "0"})


class _LeftToMoto(Exception):
    """The update fails, or has a form that only moto carries out."""


class _Call(NamedTuple):
    """What one update is computed from: names and values of the request, and the attributes before the update."""

    names: Mapping[str, str]
    values: Mapping[str, Any]
    attrs: Mapping[str, DynamoType]

    def attribute(self, placeholder: str) -> DynamoType | None:
        return self.attrs.get(self.names[placeholder])

    def value(self, placeholder: str) -> DynamoType:
        return DynamoType(self.values[placeholder])


_Operand = Callable[[_Call], DynamoType | None]
"""Returns a value, or None where there is none: the attribute does not exist, or the action removes it."""
_Action = tuple[str, _Operand]
"""The placeholder of the attribute that an action changes, and what the attribute becomes."""


class Changes(NamedTuple):
    """The new values of the attributes that one update changes; None removes the attribute."""

    values: Mapping[str, DynamoType | None]

    def normalize(self) -> None:
        """Do nothing; moto calls this before it carries out what it has validated."""

    def apply(self, item: Item) -> None:
        """Change the item. Raises `ItemSizeTooLarge` if it is too large afterwards."""
        for name, value in self.values.items():
            if value is None:
                item.attrs.pop(name, None)
            else:
                dict.__setitem__(item.attrs, name, value)  # moto's own weighs the whole item for each attribute
        if sum(size_of_text(name) + value.size() for name, value in item.attrs.items()) > LARGEST_ITEM:
            raise ItemSizeTooLarge


class Validator:
    """Takes the place of moto's `UpdateExpressionValidator`."""

    def __init__(
        self,
        expression: Node,
        expression_attribute_names: dict[str, str],
        expression_attribute_values: dict[str, Any],
        item: Item,
        table: Table,
    ) -> None:
        self._expression, self._item, self._table = expression, item, table
        self._names, self._values = expression_attribute_names, expression_attribute_values

    def validate(self) -> Any:
        """Return what the executor carries out. Raises moto's errors for an expression that is wrong."""
        try:
            return self._changes()
        except (_LeftToMoto, KeyError):
            return UpdateExpressionValidator(
                self._expression, self._names, self._values, self._item, self._table
            ).validate()

    def _changes(self) -> Changes:
        call = _Call(self._names, self._values, self._item.attrs)
        changed: dict[str, DynamoType | None] = {}
        for placeholder, result in _compiled(self._expression):
            name = self._names[placeholder]
            if name in changed or name in self._table.table_key_attrs:
                raise _LeftToMoto
            changed[name] = result(call)
        return Changes(changed)


class Executor:
    """Takes the place of moto's `UpdateExpressionExecutor`."""

    def __init__(self, validated: Any, item: Item, expression_attribute_names: dict[str, str]) -> None:
        self._validated, self._item, self._names = validated, item, expression_attribute_names

    def execute(self) -> None:
        """Change the item."""
        if isinstance(self._validated, Changes):
            self._validated.apply(self._item)
        else:
            UpdateExpressionExecutor(self._validated, self._item, self._names).execute()


# Compiling


def _compiled(expression: Node) -> tuple[_Action, ...]:
    actions = _compiled_or_none(expression)
    if actions is None:
        raise _LeftToMoto
    return actions


@cache
def _compiled_or_none(expression: Node) -> tuple[_Action, ...] | None:
    """Return the actions of an expression. Parsed expressions are kept by their text, so there are few of them."""
    try:
        return tuple(_actions(expression))
    except _LeftToMoto:
        return None


def _actions(expression: Node) -> Iterator[_Action]:
    if expression.find_clauses([_ast.UpdateExpressionDeleteClause]):
        raise _LeftToMoto
    for clause, (kind, compile_parts) in _COMPILERS.items():
        found = expression.find_clauses([clause])
        if len(found) > 1:
            raise _LeftToMoto
        for part in found:
            yield from compile_parts([action.children for action in part.find_clauses([kind])])


def _set(parts: Sequence[Sequence[Node]]) -> Iterator[_Action]:
    return ((_placeholder(path), _present(_value(value))) for path, value in parts)


def _add(parts: Sequence[Sequence[Node]]) -> Iterator[_Action]:
    for path, value in parts:
        placeholder = _placeholder(path)
        yield placeholder, partial(_sum_or_union, placeholder, _operand(value))


def _remove(parts: Sequence[Sequence[Node]]) -> Iterator[_Action]:
    """Compile a REMOVE. The elements of one list are removed together, because their indexes are those of before."""
    elements: dict[str, list[int]] = {}
    for (path,) in parts:
        if len(path.children) == 2 and isinstance(path.children[1], _ast.ExpressionSelector):
            list_path, selector = path.children
            elements.setdefault(_name(list_path), []).append(selector.get_index())
        else:
            yield _placeholder(path), lambda _: None
    for placeholder, indexes in elements.items():
        if len(set(indexes)) < len(indexes):
            raise _LeftToMoto
        yield placeholder, partial(_without, placeholder, indexes)


_COMPILERS: Mapping[Any, tuple[Any, Callable[[Sequence[Sequence[Node]]], Iterator[_Action]]]] = {
    _ast.UpdateExpressionSetClause: (_ast.UpdateExpressionSetAction, _set),
    _ast.UpdateExpressionRemoveClause: (_ast.UpdateExpressionRemoveAction, _remove),
    _ast.UpdateExpressionAddClause: (_ast.UpdateExpressionAddAction, _add),
}


def _placeholder(path: Node) -> str:
    """Return the placeholder that a path consists of."""
    if len(path.children) != 1:
        raise _LeftToMoto
    return _name(path.children[0])


def _name(node: Node) -> str:
    if not isinstance(node, _ast.ExpressionAttributeName):
        raise _LeftToMoto
    return str(node.get_attribute_name_placeholder())


def _value(node: Node) -> _Operand:
    """Compile the right side of a SET: an operand, or a sum or difference of two."""
    left, *rest = node.children
    if not rest:
        return _operand(left)
    sign, right = rest
    one, other = _present(_operand(left)), _present(_operand(right))
    plus = sign.get_operator() == "+"
    return lambda call: _sum(one(call), other(call), plus=plus)


def _operand(node: Node) -> _Operand:
    if isinstance(node, _ast.ExpressionAttributeValue):
        name = node.get_value_name()
        return lambda call: call.value(name)
    if isinstance(node, _ast.UpdateExpressionPath):
        placeholder = _placeholder(node)
        return lambda call: call.attribute(placeholder)
    if isinstance(node, _ast.UpdateExpressionFunction):
        function, one, other = node.children
        return _FUNCTIONS[function](_operand(one), _operand(other))
    raise _LeftToMoto


def _if_not_exists(attribute: _Operand, default: _Operand) -> _Operand:
    def result(call: _Call) -> DynamoType | None:
        value, instead = attribute(call), default(call)
        return instead if value is None else value

    return result


def _list_append(one: _Operand, other: _Operand) -> _Operand:
    def result(call: _Call) -> DynamoType:
        first, second = one(call), other(call)
        if first is None or second is None or not first.is_list() or not second.is_list():
            raise _LeftToMoto
        return _made("L", [*first.value, *second.value])

    return result


_FUNCTIONS: Mapping[str, Callable[[_Operand, _Operand], _Operand]] = {
    "if_not_exists": _if_not_exists,
    "list_append": _list_append,
}


def _present(operand: _Operand) -> Callable[[_Call], DynamoType]:
    """Leave it to moto to refuse a value that does not exist."""

    def result(call: _Call) -> DynamoType:
        value = operand(call)
        if value is None:
            raise _LeftToMoto
        return value

    return result


def _sum(one: DynamoType, other: DynamoType, *, plus: bool) -> DynamoType:
    if one.type != "N" or other.type != "N":
        raise _LeftToMoto
    return one + other if plus else one - other


def _sum_or_union(placeholder: str, operand: _Operand, call: _Call) -> DynamoType:
    """Return what ADD makes of an attribute: a number is added, a set is united."""
    before, value = call.attribute(placeholder), operand(call)
    if value is None or (before is not None and before.type != value.type):
        raise _LeftToMoto
    if value.type == "N":
        return _sum(before or _ZERO, value, plus=True)
    if value.type not in _SETS or not value.value:
        raise _LeftToMoto
    known = [] if before is None else before.value
    return _made(value.type, [*known, *(one for one in dict.fromkeys(value.value) if one not in known)])


def _without(placeholder: str, indexes: list[int], call: _Call) -> DynamoType:
    """Return a list without the elements at these indexes."""
    before = call.attribute(placeholder)
    if before is None or not before.is_list() or max(indexes) >= len(before.value):
        raise _LeftToMoto
    return _made("L", [value for index, value in enumerate(before.value) if index not in indexes])


def _made(kind: str, value: list[Any]) -> DynamoType:
    made: DynamoType = object.__new__(DynamoType)
    made.type, made.value = kind, value
    return made

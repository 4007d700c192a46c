"""Gives names to what generators name badly: enumerations and tagged unions inside other schemas.

They become components with the names of the schema and the field that they are in, such as `EventStatusResult`. The
same enumeration or union in several places is one component; its type should have a title then.
"""

from typing import Any

from chalicelib.edge.openapi.names import pascal
from chalicelib.edge.openapi.references import REF
from chalicelib.edge.openapi.unions import is_union

Schema = dict[str, Any]


class InlineParts:
    """Moves inline parts of schemas into components."""

    def __init__(self, components: dict[str, Schema]) -> None:
        self._components = components
        self._names = {key: name for name, schema in components.items() if (key := _key(schema))}

    def name_all(self) -> None:
        """Name the parts of all components."""
        for name, schema in [*self._components.items()]:
            for prop, part in schema.get("properties", {}).items():
                schema["properties"][prop] = self.named(name + pascal(prop), part)

    def named(self, name: str, schema: Schema) -> Schema:
        """Return a schema that refers to a component with this name, if it has to be one."""
        if "items" in schema:
            return {**schema, "items": self.named(name + "Item", schema["items"])}
        if "anyOf" in schema:
            return {**schema, "anyOf": [self.named(name, part) for part in schema["anyOf"]]}
        key = _key(schema)
        if not key:
            return schema
        if key not in self._names:
            self._names[key] = name
            self._components[name] = _component(schema)
        reference: Schema = {"$ref": REF + self._names[key]}
        either = {"anyOf": [reference, {"type": "null"}]} if "null" in schema.get("type", ()) else reference
        return either | {word: schema[word] for word in ("default", "description") if word in schema}


def _key(schema: Schema) -> tuple[Any, ...]:
    """Return what tells an enumeration or union from others; nothing for other schemas and single values."""
    if is_union(schema):
        return tuple(part["$ref"] for part in schema["oneOf"])
    values = tuple(value for value in schema.get("enum", ()) if value is not None)
    return values if len(values) > 1 else ()


def _component(schema: Schema) -> Schema:
    if is_union(schema):
        return {"description": "One of several forms, distinguished by its tag.", **schema}
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return {
        "description": schema.get("description", "One of the values."),
        "type": next(kind for kind in kinds if kind != "null"),
        "enum": [value for value in schema["enum"] if value is not None],
    }

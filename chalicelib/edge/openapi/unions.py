"""Tagged unions as one object, for clients that cannot decode a `oneOf`.

Such an object has the properties of all members of the union. Those that only some members have are optional, and their
descriptions say for which values of the tag they are present. The JSON itself is that of the members.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.edge.openapi.names import pascal
from chalicelib.edge.openapi.references import REF

Schema = dict[str, Any]
Parts = Sequence[tuple[list[str], Schema]]
"""Schemas, each with the values of the tag for which it holds."""


def is_union(schema: Schema) -> bool:
    """Return whether a schema is a tagged union."""
    return "oneOf" in schema and "discriminator" in schema


def merged(name: str, union: Schema, components: Mapping[str, Schema]) -> dict[str, Schema]:
    """Return the components that describe a union as one object: the object itself, and those of its properties."""
    discriminator = union["discriminator"]
    tags: dict[str, list[str]] = {}
    for tag, target in discriminator["mapping"].items():
        tags.setdefault(target, []).append(f"`{tag}`")
    merger = _Merger(discriminator["propertyName"], components)
    parts = [(values, merger.target(reference)) for reference, values in tags.items()]
    merger.add(name, parts, union.get("description", ""))
    return merger.added


class _Merger:
    def __init__(self, tag: str, components: Mapping[str, Schema]) -> None:
        self._tag = tag
        self._components = components
        self.added: dict[str, Schema] = {}

    def target(self, reference: str) -> Schema:
        """Return the schema to which a reference points."""
        return self._components[reference.rpartition("/")[2]]

    def add(self, name: str, parts: Parts, description: str) -> None:
        """Add an object with the properties of all parts."""
        names = dict.fromkeys(prop for _, part in parts for prop in part["properties"])
        required = [prop for prop in names if all(prop in part.get("required", ()) for _, part in parts)]
        self.added[name] = {
            "description": description,
            "type": "object",
            "properties": {prop: self._property(name, prop, parts) for prop in names},
            **({"required": required} if required else {}),
        }

    def _property(self, name: str, prop: str, parts: Parts) -> Schema:
        having = [(values, part["properties"][prop]) for values, part in parts if prop in part["properties"]]
        schema = self._either(name + pascal(prop), having)
        if len(having) < len(parts):
            *others, last = [value for values, _ in having for value in values]
            either = f"{', '.join(others)} or {last}" if others else last
            condition = f"Absent unless `{self._tag}` is {either}."
            schema = {**schema, "description": f"{schema.get('description', '')} {condition}".strip()}
        return schema

    def _either(self, name: str, parts: Parts) -> Schema:
        """Return a schema that allows what any of the parts allows."""
        schemas = [schema for _, schema in parts]
        if all(_bare(schema) == _bare(schemas[0]) for schema in schemas):
            return max(schemas, key=_is_nullable)
        if all("enum" in schema for schema in schemas):
            text = "Tells which of the other fields are present."
            values = dict.fromkeys(value for schema in schemas for value in schema["enum"])
            self.added[name] = {"description": text, "type": "string", "enum": list(values)}
        elif all("$ref" in schema for schema in schemas):
            targets = [(values, self.target(schema["$ref"])) for values, schema in parts]
            if all("enum" in target for _, target in targets):
                return self._either_enum(name, targets)
            text = f"Its fields depend on `{self._tag}`."
            self.add(name, targets, text)
        else:
            raise TypeError(f"{name} has no schema for {schemas}")
        return {"$ref": REF + name, "description": text}

    def _either_enum(self, name: str, parts: Parts) -> Schema:
        """Return a schema that allows the values of all enumerations, with the text of each."""
        text = f"Its values depend on `{self._tag}`."
        values = dict.fromkeys(value for _, part in parts for value in part["enum"])
        texts = [f"{', '.join(tags)}: {part.get('description', '')}" for tags, part in parts]
        self.added[name] = {"description": "\n\n".join([text, *texts]), "type": "string", "enum": list(values)}
        return {"$ref": REF + name, "description": text}


def _bare(schema: Schema) -> Schema:
    """Return a schema without its text, and not nullable."""
    bare = {word: value for word, value in schema.items() if word != "description"}
    return {**bare, "type": schema["type"][0]} if _is_nullable(schema) else bare


def _is_nullable(schema: Schema) -> bool:
    return "null" in schema.get("type", ()) and schema["type"] != "null"

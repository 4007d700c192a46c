"""JSON Schemas of the types of requests and responses; structs and enumerations become named components.

msgspec can generate schemas too. These say more, for generated clients: which fields of a response are always present,
which are omitted rather than null, that decimals are written as numbers and that every time has its offset. The types
are read through `msgspec.inspect`, so both agree on them.

A struct that is used in requests is described as it is accepted there, also where it is returned: that is the wider of
the two.
"""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from types import NoneType
from typing import Any, get_origin

import msgspec
import msgspec.inspect as mi

from chalicelib.edge.http import encoder
from chalicelib.edge.openapi.descriptions import describe
from chalicelib.edge.openapi.inline import InlineParts
from chalicelib.edge.openapi.names import named_in, names_of, pascal, title_of
from chalicelib.edge.openapi.references import REF, reachable
from chalicelib.edge.openapi.unions import is_union, merged

Schema = dict[str, Any]

_NULL: Schema = {"type": "null"}
_SIMPLE: Mapping[type[mi.Type], Schema] = {
    mi.AnyType: {},
    mi.NoneType: _NULL,
    mi.BoolType: {"type": "boolean"},
    mi.IntType: {"type": "integer"},
    mi.FloatType: {"type": "number", "format": "double"},
    mi.DecimalType: {"type": "number", "format": "double"},  # without it, Go takes a single-precision float
    mi.StrType: {"type": "string"},
    mi.BytesType: {"type": "string", "format": "binary"},  # files of forms; JSON bodies have none
    mi.DateTimeType: {"type": "string", "format": "date-time"},
    mi.DateType: {"type": "string", "format": "date"},
    mi.TimeType: {"type": "string", "format": "time"},
    mi.TimeDeltaType: {"type": "string", "format": "duration"},
    mi.UUIDType: {"type": "string", "format": "uuid"},
}
_BOUNDS = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
    "pattern": "pattern",
}
_NO_LINE_BREAK = r"(?!\n)"
"""Ends patterns after `$`, which in Python also matches before a line break at the end. In JSON Schema it does not."""
_JSON_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null"}


class Schemas:
    """The schemas of an API: `components` by name, and schemas that refer to them."""

    def __init__(self, taken: Iterable[Any], given: Iterable[Any], queries: Iterable[Any] = ()) -> None:
        """Collect the types reachable from request bodies, responses, and fields of queries."""
        self._queries = {query: _fields(query) for query in queries}
        query_types = [field.type for fields in self._queries.values() for field in fields]
        self._taken = named_in([*mi.multi_type_info(taken), *query_types])
        named = {**named_in(mi.multi_type_info(given)), **self._taken}
        self._names = names_of(named)
        described = {self._names[kind]: self._component(kind, info) for kind, info in named.items()}
        self.components: dict[str, Schema] = dict(sorted(described.items()))
        self._inline = InlineParts(self.components)
        self._inline.name_all()
        self._merge_unions()

    def of(self, kind: Any) -> Schema:
        """Return the schema of one of the types."""
        return self._schema(mi.type_info(kind))

    def parameters(self, query: Any) -> Iterator[tuple[str, Schema, bool]]:
        """Yield name, schema and whether it is required for each field of a query. Queries have no null."""
        for field in self._queries.get(query, ()):
            schema = self._schema(field.type, nullable=False) | _default(field) | _description(query, field)
            name = query.__name__ + pascal(field.encode_name)
            yield field.encode_name, self._inline.named(name, schema), field.required

    def _merge_unions(self) -> None:
        """Make each union that only responses have one object."""
        sent = reachable({self._names[kind] for kind in self._taken}, self.components)
        for name, schema in [*self.components.items()]:
            if is_union(schema) and name not in sent:
                self.components |= merged(name, schema, self.components)

    def _component(self, kind: Any, info: mi.Type) -> Schema:
        match info:
            case mi.StructType():
                body = self._taken_struct(info) if kind in self._taken else self._given_struct(info)
                return _described(kind) | body
            case mi.EnumType():
                return _described(kind) | _enumeration(member.value for member in info.cls)
            case mi.Metadata():
                extra = {word: value for word, value in (info.extra_json_schema or {}).items() if word != "title"}
                return extra | self._schema(info.type)
        raise TypeError(f"there is no component for {info}")

    def _taken_struct(self, info: mi.StructType) -> Schema:
        properties = {
            field.encode_name: self._schema(field.type) | _default(field) | _description(info.cls, field)
            for field in info.fields
        }
        return _object(info, properties, [field.encode_name for field in info.fields if field.required])

    def _given_struct(self, info: mi.StructType) -> Schema:
        """Return the schema of a response: fields equal to their default are omitted, others always present."""
        omits = (get_origin(info.cls) or info.cls).__struct_config__.omit_defaults
        properties, required = {}, []
        for field in info.fields:
            schema = self._schema(field.type, nullable=not (omits and field.default is None))
            default = _default(field) if omits else {}
            properties[field.encode_name] = schema | default | _description(info.cls, field)
            if field.required or (not omits and _has_default(field)):
                required.append(field.encode_name)
        return _object(info, properties, required)

    def _schema(self, info: mi.Type, *, nullable: bool = True) -> Schema:
        match info:
            case mi.Metadata():
                return self._annotated(info, nullable=nullable)
            case mi.UnionType():
                return self._union(info, nullable=nullable)
            case mi.StructType() | mi.EnumType():
                return {"$ref": REF + self._names[info.cls]}
            case mi.CollectionType() | mi.DictType():
                return self._container(info)
            case mi.LiteralType():
                return _enumeration(info.values)
        return _simple(info)

    def _annotated(self, info: mi.Metadata, *, nullable: bool) -> Schema:
        title = title_of(info)
        if title is not None:
            return {"$ref": REF + self._names[title]}
        return self._schema(info.type, nullable=nullable) | (info.extra_json_schema or {})

    def _container(self, info: mi.CollectionType | mi.DictType) -> Schema:
        if isinstance(info, mi.CollectionType):
            unique = {"uniqueItems": True} if isinstance(info, mi.SetType | mi.FrozenSetType) else {}
            return {"type": "array", "items": self._schema(info.item_type), **_sizes(info, "Items"), **unique}
        return {"type": "object", "additionalProperties": self._schema(info.value_type), **_sizes(info, "Properties")}

    def _union(self, info: mi.UnionType, *, nullable: bool) -> Schema:
        members = [member for member in info.types if not isinstance(member, mi.NoneType)]
        schemas = [self._schema(member) for member in members]
        either = schemas[0] if len(schemas) == 1 else self._tagged(members, schemas) or {"anyOf": schemas}
        return _or_null(either) if nullable and len(members) < len(info.types) else either

    def _tagged(self, members: Iterable[mi.Type], schemas: list[Schema]) -> Schema:
        """Return the schema of a union of tagged structs; nothing for other unions."""
        mapping = {
            str(member.tag): schema["$ref"]
            for member, schema in zip(members, schemas, strict=True)
            if isinstance(member, mi.StructType) and member.tag is not None
        }
        tag_fields = {member.tag_field for member in members if isinstance(member, mi.StructType)}
        if not mapping:
            return {}
        return {"oneOf": schemas, "discriminator": {"propertyName": tag_fields.pop(), "mapping": mapping}}


def _fields(query: Any) -> tuple[mi.Field, ...]:
    info = mi.type_info(query)
    if not isinstance(info, mi.StructType):
        raise TypeError(f"a query is a struct, not {query}")
    return info.fields


def _simple(info: mi.Type) -> Schema:
    if type(info) not in _SIMPLE:
        raise TypeError(f"there is no schema for {info}")
    bounds = {word: getattr(info, name, None) for name, word in _BOUNDS.items()}
    if bounds["pattern"]:
        bounds["pattern"] = bounds["pattern"].removesuffix(_NO_LINE_BREAK)
    if isinstance(info, mi.BytesType):
        return dict(_SIMPLE[mi.BytesType])  # generators take a size of a file for one of a text
    return _SIMPLE[type(info)] | {word: to for word, to in bounds.items() if to is not None} | _sizes(info, "Length")


def _sizes(info: mi.Type, of: str) -> Schema:
    sizes = {f"min{of}": getattr(info, "min_length", None), f"max{of}": getattr(info, "max_length", None)}
    return {word: size for word, size in sizes.items() if size is not None}


def _or_null(schema: Schema) -> Schema:
    """Return the schema or null; as a list of types if possible, which generators support best."""
    if "anyOf" in schema:
        return {"anyOf": [*schema["anyOf"], _NULL]}
    if "type" not in schema:
        return {"anyOf": [schema, _NULL]} if schema else {}
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    values = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [*types, "null"], **values}


def _object(info: mi.StructType, properties: Schema, required: list[str]) -> Schema:
    if info.tag_field is not None:
        tag = {"description": f"Always `{info.tag}`.", **_enumeration([info.tag])}
        properties = {info.tag_field: tag, **properties}
        required = [info.tag_field, *required]
    schema: Schema = {"type": "object", "properties": properties}
    if required:
        schema["required"] = required
    if info.forbid_unknown_fields:
        schema["additionalProperties"] = False
    return schema


def _enumeration(values: Iterable[Any]) -> Schema:
    listed = list(values)
    types = list(dict.fromkeys(_JSON_TYPES[type(value)] for value in listed))
    return {"type": types[0] if len(types) == 1 else types, "enum": listed}


def _has_default(field: mi.Field) -> bool:
    """Return whether the field has a default. A field that may be `UNSET` has none and is omitted then."""
    return field.default is not msgspec.NODEFAULT or field.default_factory is not msgspec.NODEFAULT


def _default(field: mi.Field) -> Schema:
    """Return the default of an omitted field; a default of None is not mentioned."""
    if field.default is None or not _has_default(field):
        return {}
    value = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
    return {"default": msgspec.json.decode(encoder.encode(value))}


def _description(kind: Any, field: mi.Field) -> Schema:
    text = describe(kind, field)
    return {"description": text} if text else {}


def _described(kind: Any) -> Schema:
    text = (get_origin(kind) or kind).__doc__
    return {"description": inspect.cleandoc(text)} if text else {}

"""The descriptions of fields in the API description.

A field is described by the docstring under it, which Python does not keep; so the source is read, once per module. A
type that is the same in many structs describes itself (`Meta(description=...)`), and a few fields mean the same
everywhere.
"""

import ast
import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_origin

import msgspec
import msgspec.inspect as mi

COMMON: Mapping[str, str] = {
    "created_at": "When this was created, in UTC.",
    "cursor": "The `next_cursor` of the previous page; without it, the first page is returned.",
    "from": "The earliest time of the returned entries, inclusive.",
    "id": "The id, unique in the organisation.",
    "limit": "The largest number of entries to return.",
    "next_cursor": "The `cursor` of the next page. Absent or null on the last page.",
    "page": "The number of the page, from 1.",
    "page_size": "The number of entries per page.",
    "success": "Always true; an error has the body `ErrorBody`.",
    "to": "The latest time of the returned entries, exclusive.",
    "total_count": "The number of entries on all pages.",
    "updated_at": "When this was last changed, in UTC.",
    "version": "Rises with every change. Send it back as `If-Match` to change only what you have read.",
}
"""Descriptions of fields that mean the same everywhere, by their names in lower case with underscores."""

PATH_PARAMETERS: Mapping[str, str] = {
    "labour_id": "The id of the entry of labour, as the work order lists it.",
    "line_number": "The number of the line in its assignment.",
    "client_event_id": "The id of a rejected event, which its client made.",
    "assignment_id": "The id of the assignment: the `assignment_ref` of its import, in which a slash is `%2F` here.",
    "barcode": (
        "The scanned text, percent-encoded: a shipment number, a sales order number, the number of a license plate, the"
        " SSCC of a box, or a GS1 code that contains one."
    ),
    "batch_id": "The id of the batch (`BAT-...`).",
    "box_id": "The id of the box.",
    "checklist_ref": "The reference of the checklist, as it was imported.",
    "code": "The code of the role, such as `courier`.",
    "device_id": "The id of the device, as it was registered.",
    "item_id": "The id of the packed item, as the box lists it.",
    "key_id": "The id of the API key; not the key itself.",
    "module_id": "The id of the module (`MOD-...`).",
    "lot": "The lot of cells; upper and lower case do not differ.",
    "hold_id": "The id of the hold (`HLD-...`).",
    "notice_id": "The id of the notification.",
    "order_id": "The id of the order.",
    "pack_id": "The id of the pack (`PCK-...`).",
    "part_id": "The id of the used part, as the work order lists it.",
    "photo_id": "The id of the photo.",
    "recall_id": "The id of the recall case (`REC-...`).",
    "ride_code": "The `code` of the ride, as it was imported.",
    "schedule_id": "The id of the schedule.",
    "serial": "The serial number of a cell, module or pack, or a scanned code with it.",
    "session_id": "The id of the session, as `GET /v1/me/sessions` lists it.",
    "shipment_id": "The id of the shipment.",
    "sku_id": "The id of the SKU (`SKU-...`).",
    "token": "The token at the end of the link.",
    "user_id": "The id of the user.",
    "work_order_id": "The id of the work order.",
}
"""Descriptions of path parameters."""


def describe(kind: Any, field: mi.Field) -> str:
    """Return the description of a field of a struct; empty if it has none."""
    return _documented(get_origin(kind) or kind).get(field.name) or _of_type(field.type) or common(field.encode_name)


def common(name: str) -> str:
    """Return the description of a field that means the same everywhere."""
    return COMMON.get(words(name), "")


def words(name: str) -> str:
    """Return the name in lower case with underscores."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def _of_type(info: mi.Type) -> str:
    if isinstance(info, mi.UnionType):
        texts = [_of_type(member) for member in info.types]
        return next(filter(None, texts), "")
    return str((info.extra_json_schema or {}).get("description", "")) if isinstance(info, mi.Metadata) else ""


@cache
def _documented(kind: type) -> Mapping[str, str]:
    """Return the docstrings under the fields of a class and its base classes."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if issubclass(base, msgspec.Struct) and base is not msgspec.Struct:
            found |= _docstrings(base.__module__).get(base.__name__, {})
    return found


@cache
def _docstrings(module: str) -> Mapping[str, Mapping[str, str]]:
    """Return the docstrings under the fields of each class of a module."""
    if module not in sys.modules:
        return {}
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: dict(_fields(node)) for node in tree.body if isinstance(node, ast.ClassDef)}


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, after in zip(node.body, node.body[1:], strict=False):
        match field, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, " ".join(inspect.cleandoc(text).split("\n"))

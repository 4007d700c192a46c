"""Every text that clients send declares how control and format characters in it are treated."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec.inspect as mi

import app
from chalicelib.edge.imports import DATASETS
from chalicelib.edge.types import TEXT

SECRETS = {
    "currentPassword",
    "cursor",
    "newPassword",
    "nextPageToken",
    "password",
    "refreshToken",
    "refresh_token",
    "token",
}
"""Fields that are compared exactly as they were sent."""
WITHOUT_KIND = {
    "GET /v1/audit": {"entityId", "actorId"},
    "GET /v1/users": {"role", "q"},
    "GET /shipping/scanner/pack/shipments": {"search"},
    "PATCH /v1/packs/{pack_id}/disposition": {"notes"},
    "POST /assignments/next": {"device_id"},
    "POST /shipping/scanner/pack": {"notes"},
    "POST /v1/batches": {"notes"},
    "POST /v1/uploads/photos": {"device"},
    "POST /v1/uploads/photos/presign": {"device"},
    "POST /v1/orders/{order_id}/photos": {"device"},
    "POST /v1/orders/{order_id}/photos/presign": {"device"},
    "PUT /v1/organisation/settings/traceability": {"gtins{}"},
    "PUT /v1/roles/{code}": {"permissions[].code", "code", "name"},
    "license-plates": {"lp_number", "sku", "allocations[].shipment_number"},
    "pick-assignments": {"zone", "route"},
    "shipments": {"shipment_number", "so_number", "lines[].sku"},
}
"""Fields whose types do not declare a kind yet. A field is removed here when it declares one; none is added."""
SAMPLES = ("a\u200bb", "a\u200bb@example.com")


def parts(info: mi.Type, path: str) -> list[tuple[mi.Type, str]]:
    """Return the types directly inside another one, with their paths."""
    match info:
        case mi.StructType():
            return [(field.type, f"{path}.{field.encode_name}".lstrip(".")) for field in info.fields]
        case mi.UnionType():
            return [(member, path) for member in info.types]
        case mi.CollectionType():
            return [(info.item_type, f"{path}[]")]
        case mi.DictType():
            return [(info.key_type, f"{path}{{}}"), (info.value_type, path)]
    return []


def undeclared_texts(info: mi.Type, path: str = "") -> Iterator[str]:
    """Yield the path of every text in a type that has neither a kind nor a pattern that excludes controls."""
    while isinstance(info, mi.Metadata):
        if TEXT in (info.extra or {}):
            return
        info = info.type
    pattern = info.pattern or "" if isinstance(info, mi.StrType) else None
    if pattern is not None and any(re.search(pattern, sample) for sample in SAMPLES):
        yield path
    for part, name in parts(info, path):
        yield from undeclared_texts(part, name)


def inputs() -> Mapping[str, list[Any]]:
    """Return the types of bodies, queries and records by operation or dataset."""
    by_name: dict[str, list[Any]] = {name: [dataset.record] for name, dataset in DATASETS.items()}
    for routes in app.ROUTES:
        for endpoint in routes.endpoints:
            by_name[f"{endpoint.method} {endpoint.path}"] = [endpoint.body, endpoint.query]
    return by_name


def test_every_text_declares_its_kind() -> None:
    undeclared = {
        name: {path for kind in kinds for path in undeclared_texts(mi.type_info(kind))}
        for name, kinds in inputs().items()
    }
    unexpected = {name: paths - SECRETS - WITHOUT_KIND.get(name, set()) for name, paths in undeclared.items()}
    assert {name: paths for name, paths in unexpected.items() if paths} == {}, (
        "use a type of chalicelib/edge/types.py: Name, Code, Scan, Text500, Note500, or Meta(extra={TEXT: ...})"
    )

"""The console's envelopes around views of entities."""

from collections.abc import Callable
from typing import Any

import msgspec

from chalicelib.manufacturing.schemas import CursorEnvelope, CursorMeta, Envelope, ListEnvelope
from chalicelib.manufacturing.sku_spec import SkuSpec
from chalicelib.manufacturing.tables import Sku


def envelope_response(kind: Any, view: Callable[[Any], Any]) -> dict[str, Any]:
    """Return the declaration of a response with one entity: its type and view, and the version as `ETag`."""
    return {"returns": Envelope[kind], "view": lambda entity: Envelope(view(entity)), "versioned": True}


def list_response(kind: Any, view: Callable[[Any], Any]) -> dict[str, Any]:
    """Return the declaration of a response with a page of entities: its type and view."""
    return {
        "returns": ListEnvelope[kind],
        "view": lambda page: ListEnvelope([view(entity) for entity in page.items], page.meta),
    }


def cursor_response(kind: Any, view: Callable[[Any], Any]) -> dict[str, Any]:
    """Return the declaration of a response with a part of a list: its type and view."""
    return {
        "returns": CursorEnvelope[kind],
        "view": lambda page: CursorEnvelope([view(entity) for entity in page.items], CursorMeta(page.next_cursor)),
    }


def with_limits(spec: SkuSpec, sku: Sku | None) -> SkuSpec:
    """Return the SKU that an entity carries, with the limits, tests and passport that only the SKU itself holds."""
    if sku is None:
        return spec
    return msgspec.structs.replace(
        spec, limits=sku.limits, tests=sku.tests, module_tests=sku.module_tests, passport=sku.passport
    )

"""The console's envelopes around views of entities."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from chalicelib.manufacturing.listing import EntityPage, EntityT
from chalicelib.manufacturing.schemas import Envelope, ListEnvelope
from chalicelib.manufacturing.sku_spec import SkuSpec
from chalicelib.manufacturing.tables import Sku

SourceT = TypeVar("SourceT")
ViewT = TypeVar("ViewT")


def in_envelope(view: Callable[[SourceT], ViewT]) -> Callable[[SourceT], Envelope[ViewT]]:
    """Return the view of one entity in an envelope."""
    return lambda source: Envelope(view(source))


def page_of(view: Callable[[EntityT], ViewT]) -> Callable[[EntityPage[EntityT]], ListEnvelope[ViewT]]:
    """Return the view of a page of entities in an envelope."""
    return lambda page: ListEnvelope([view(entity) for entity in page.items], page.meta)


def with_limits(spec: SkuSpec, sku: Sku | None) -> SkuSpec:
    """Return the SKU that an entity carries, with the limits that only the SKU itself holds."""
    return spec if sku is None else msgspec.structs.replace(spec, limits=sku.limits)

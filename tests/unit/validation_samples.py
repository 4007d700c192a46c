"""Request types for tests of the validation, with every kind of field that real ones have."""

import enum
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Generic, TypeVar

import pytest
from msgspec import UNSET, Meta, Struct, UnsetType, field

from chalicelib.core.errors import ValidationFailed
from chalicelib.edge.types import EntityId, Latitude, Limit, Longitude, Moment, Phone32, Text500
from chalicelib.edge.validation import decode_body, decode_query

Item = TypeVar("Item")


class Size(enum.Enum):
    SMALL = "S"
    LARGE = "L"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Line(Struct, rename="camel", forbid_unknown_fields=True):
    sku_code: EntityId
    quantity: Decimal
    size: Size | None = None


class Parcel(Struct, rename="camel"):
    pickup_address: Text500
    receiver_phone: Phone32
    lines: Annotated[list[Line], Meta(min_length=1, max_length=3)] = field(default_factory=list)
    labels: dict[str, Limit] | None = None
    pickup_lat: Latitude | None = None
    pickup_lng: Longitude | None = None
    due: Moment | UnsetType = UNSET

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        pair = {"pickupLat", "pickupLng"}
        missing = pair - present.keys()
        return dict.fromkeys(missing, "is required beside the other coordinate") if len(missing) == 1 else {}


class Period(Struct):
    start: Moment
    end: Moment

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        start, end = present.get("start"), present.get("end")
        if isinstance(start, datetime) and isinstance(end, datetime) and end < start:
            return {"end": "must not be before start"}
        return {}


class Plan(Struct):
    name: Text500
    periods: list[Period]


class Filter(Struct, rename="camel"):
    page: Annotated[int, Meta(ge=1)] = 1
    page_size: Limit = 20
    open_only: bool | None = None
    least: Decimal | None = None
    size: Size | None = None
    since: Moment | None = None
    status: list[str] = field(default_factory=list)
    levels: Annotated[list[int], Meta(max_length=2)] | None = None
    note: str | None = None
    ratio: float | None = None


class Van(Struct, tag="van", tag_field="kind"):
    load: int


class Bike(Struct, tag="bike", tag_field="kind", forbid_unknown_fields=True):
    gears: int


class Page(Struct, Generic[Item]):
    items: list[Item]


class Tree(Struct):
    children: "list[Tree]" = field(default_factory=list)
    rest: object = None


def refused(raw: bytes, kind: type) -> Mapping[str, str]:
    """Return the validation errors of `raw` as a `kind`."""
    with pytest.raises(ValidationFailed) as caught:
        decode_body(raw, kind)
    assert caught.value.status == 422
    assert caught.value.details == {"fields": sorted(caught.value.fields)}
    return caught.value.fields


def refused_query(params: Mapping[str, list[str]], kind: type = Filter) -> Mapping[str, str]:
    with pytest.raises(ValidationFailed) as caught:
        decode_query(params, kind)
    return caught.value.fields

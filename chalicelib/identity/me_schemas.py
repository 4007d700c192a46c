"""What people read of themselves, and how they have their devices told of news."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.edge.types import NOT_BLANK
from chalicelib.identity.console_schemas import Granted


class RoleName(msgspec.Struct, frozen=True):
    """A role by its code, and what people call it."""

    code: str
    name: str


class Superior(msgspec.Struct, frozen=True, rename="camel"):
    """Whom somebody reports to."""

    id: str
    full_name: str | None


class NavSlot(msgspec.Struct, frozen=True):
    """One place in the navigation: the screen it opens, and the address that this reads."""

    screen: str
    label: str
    target: str


class MyUser(msgspec.Struct, frozen=True, rename="camel"):
    """The caller."""

    id: str
    username: str
    full_name: str
    email: str | None
    phone: str | None
    profile_picture: str | None
    organization: str


class Me(msgspec.Struct, frozen=True, rename="camel"):
    """Who the caller is, what they see and what they may do. `gameZoneScope` is `own` or `org`."""

    user: MyUser
    role: RoleName
    game_zone_scope: Literal["own", "org"]
    game_zone: str | None
    reports_to: Superior | None
    skills: list[str]
    nav: list[NavSlot]
    permissions: list[Granted]


class Profile(msgspec.Struct, frozen=True, rename="camel"):
    """The caller's profile; `role` is the role's code."""

    full_name: str
    email: str | None
    phone: str | None
    role: str
    game_zone: str | None
    team: str | None
    reports_to: Superior | None
    skills: list[str]


class NewDevice(msgspec.Struct, frozen=True, rename="camel"):
    """A phone or browser, by the token that its push service gave it."""

    platform: Literal["android", "ios", "web"]
    fcm_token: Annotated[str, NOT_BLANK, Meta(max_length=4096)]


class DeviceId(msgspec.Struct, frozen=True):
    """The id under which a device is known."""

    id: str

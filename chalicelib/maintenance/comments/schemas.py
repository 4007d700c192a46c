"""Requests and responses of comments on work orders."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.edge.types import FREE_TEXT, NOT_BLANK, Cursor, EntityId, Limit, Text100

MAX_MENTIONS = 10


class CommentOrder(StrEnum):
    """The order of a list of comments."""

    OLDEST = "oldest"
    NEWEST = "newest"


class AddComment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A comment on a work order."""

    text: Annotated[str, NOT_BLANK, FREE_TEXT, Meta(max_length=2000)]
    """What to say."""
    mentions: Annotated[list[EntityId], Meta(max_length=MAX_MENTIONS)] | None = None
    """The ids of users to notify, beside those who take part. A user whom the work order is out of reach for is 422."""


class CommentQuery(msgspec.Struct, frozen=True):
    """A page of the comments on a work order."""

    order: CommentOrder = CommentOrder.OLDEST
    """Which comments come first."""
    limit: Limit = 20
    """The largest number of comments on the page."""
    cursor: Cursor | None = None
    """The `nextCursor` of the previous page, with otherwise the same parameters."""


class PeopleQuery(msgspec.Struct, frozen=True):
    """Which people to list who can be mentioned."""

    search: Text100 | None = None
    """Only people whose name or user name contains this text, in capital or small letters."""
    limit: Limit = 20
    """The largest number of people."""


class MentionView(msgspec.Struct, frozen=True):
    """A user who is mentioned in a comment, or can be."""

    id: str
    """The id of the user."""
    name: str
    """The full name; in a comment that of when it was written."""


class CommentView(msgspec.Struct, frozen=True, rename="camel"):
    """A comment on a work order."""

    id: str
    """The id of the comment."""
    text: str
    """What was said."""
    author: str
    """The name of who wrote it at that time."""
    author_id: str
    """The id of that user; for an API key it begins with `key:`."""
    role: str
    """The code of the role that the author had at that time."""
    at: datetime
    """When it was written, UTC."""
    mentions: list[MentionView]
    """The users who were mentioned; often empty."""


class CommentPage(msgspec.Struct, frozen=True, rename="camel"):
    """A page of the comments on a work order."""

    comments: list[CommentView]
    """The comments of this page, oldest first unless the request had another `order`."""
    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""


class PeopleList(msgspec.Struct, frozen=True):
    """The people who can be mentioned in comments on a work order."""

    people: list[MentionView]
    """The first people by name. Search for others by a part of their name."""

"""Comments as clients read them."""

from collections.abc import Sequence

from chalicelib.core.pagination import Page
from chalicelib.identity.accounts.tables import User
from chalicelib.maintenance.comments.schemas import CommentPage, CommentView, MentionView, PeopleList
from chalicelib.maintenance.comments.tables import WorkOrderComment


def comment_view(comment: WorkOrderComment) -> CommentView:
    """Return a comment."""
    return CommentView(
        id=comment.comment_id,
        text=comment.text,
        author=comment.author_name,
        author_id=comment.author_id,
        role=comment.author_role,
        at=comment.at,
        mentions=[MentionView(mention["id"], mention["name"]) for mention in comment.mentions or ()],
    )


def comment_page_view(page: Page[WorkOrderComment]) -> CommentPage:
    """Return a page of comments."""
    return CommentPage([comment_view(comment) for comment in page.items], page.next_cursor)


def people_view(people: Sequence[User]) -> PeopleList:
    """Return people who can be mentioned."""
    return PeopleList([MentionView(user.user_id, user.full_name) for user in people])

"""The use case of comments: add one, which notifies everybody who takes part.

Who takes part: who routed and who assigned the work order, its technician, and all who have commented or were
mentioned. Those whom the work order is out of reach for by now get no notice, since it shows the comment's text.
"""

from collections.abc import Iterable, Sequence
from functools import partial

from chalicelib.core.actor import Actor
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.tables import User
from chalicelib.maintenance.comments.events import notify_commented
from chalicelib.maintenance.comments.queries import find_people, is_person
from chalicelib.maintenance.comments.schemas import AddComment
from chalicelib.maintenance.comments.tables import Discussion, WorkOrderComment, comment_key, discussion_key
from chalicelib.maintenance.workorders.tables import WorkOrder

MAX_PARTICIPANTS = 50
"""The commenters and mentioned users that are remembered: one batch reads them with the rest of those who take part."""
NOTIFIED_AT_ONCE = 25
"""The recipients whose notices fit into the comment's transaction; further ones are notified right after it."""


def add_comment(
    work: UnitOfWork, order: WorkOrder, command: AddComment, actor: Actor, discussion: Discussion | None
) -> WorkOrderComment:
    """Add a comment; everybody else who takes part is notified.

    Raise `ValidationFailed` with the ids of mentioned users whom the work order is out of reach for.
    """
    mentions, participants = list(dict.fromkeys(command.mentions or ())), _participants(discussion)
    named = (order.technician_id, order.assigned_by_id, order.routed_by_id)
    taking_part = dict.fromkeys(user_id for user_id in (*mentions, *named, *sorted(participants)) if is_person(user_id))
    people = find_people(order, taking_part, work.clock)
    _require_reach(mentions, people)
    comment_id = work.ids.new()
    comment = comment_key(order.org_id, order.order_id, comment_id).new(
        comment_id=comment_id,
        text=command.text,
        mentions=[{"id": user_id, "name": people[user_id].full_name} for user_id in mentions] or None,
        author_id=actor.user_id,
        author_name=actor.full_name,
        author_role=actor.role,
        at=work.now,
    )
    work.create(comment)
    _record(work, order, participants, [*mentions, actor.user_id])
    _notify(work, order, comment, [user_id for user_id in people if user_id != actor.user_id])
    return comment


def _participants(discussion: Discussion | None) -> set[str]:
    return set() if discussion is None else set(discussion.participants or ())


def _require_reach(mentions: Iterable[str], people: dict[str, User]) -> None:
    missing = [user_id for user_id in mentions if user_id not in people]
    if missing:
        raise ValidationFailed({"mentions": f"the work order is out of reach for {', '.join(missing)}"})


def _record(work: UnitOfWork, order: WorkOrder, known: set[str], user_ids: Iterable[str]) -> None:
    """Stage the count of the discussion and who takes part in it from now on."""
    added = [user_id for user_id in dict.fromkeys(user_ids) if is_person(user_id) and user_id not in known]
    new = set(added[: max(0, MAX_PARTICIPANTS - len(known))])
    actions = [Discussion.comments.add(1), *([Discussion.participants.add(new)] if new else [])]
    work.update_unread(discussion_key(order.org_id, order.order_id), actions=actions, audited=False)


def _notify(work: UnitOfWork, order: WorkOrder, comment: WorkOrderComment, user_ids: Sequence[str]) -> None:
    """Stage the notices of a comment: the first ones with it, the others in transactions that follow it."""
    notify_commented(work, order, comment, user_ids[:NOTIFIED_AT_ONCE])
    for start in range(NOTIFIED_AT_ONCE, len(user_ids), NOTIFIED_AT_ONCE):
        later = partial(
            notify_commented, order=order, comment=comment, user_ids=user_ids[start : start + NOTIFIED_AT_ONCE]
        )
        work.follow_ups.append((order.org_id, later))

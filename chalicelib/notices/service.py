"""The use cases of notices: tell somebody, and let them read what they were told and say that they have.

Telling is staged with the change that causes it: the notice, the count of unread ones and the event on the socket are
in its transaction, so nobody is told of what did not happen and nothing that happened is told twice. Phones are told
after the commit, and only if the person has any; a notification that gets lost there is still in the list.

No write here depends on how many notices somebody has, but marking all as read, which takes them by the hundred.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.errors import NotFound, Unavailable
from chalicelib.core.messages import PUSH, OutboundMessage
from chalicelib.core.store import Page, Query, get, parallel, parallel_pair
from chalicelib.core.table import expired
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.edge.dependencies import Dependencies, message_queue
from chalicelib.edge.request import Request
from chalicelib.identity.accounts.devices import devices_of
from chalicelib.notices.events import NOTICE
from chalicelib.notices.rules import MAX_BODY, MAX_TITLE, NoticeType, clip
from chalicelib.notices.schemas import NoticeSubject, notice_view
from chalicelib.notices.tables import FIRST, Notice, NoticeHead, Unread, head_key, notice_key, notices_pk

MAX_AT_ONCE = 90
"""How many notices one transaction marks as read; the rest of its hundred items is for what belongs to it."""


def notify(
    work: UnitOfWork, person: Recipient, notice_type: NoticeType, *, title: str, body: str, subject: NoticeSubject
) -> str:
    """Stage that somebody is told something; the id of the notice. Texts that are too long are cut."""
    where = notice_key(person, work.ids.new())
    notice = Notice(
        where.pk,
        where.sk,
        type=notice_type.value,
        title=clip(title, MAX_TITLE),
        body=clip(body, MAX_BODY),
        subject_kind=subject.kind.value,
        subject_id=subject.id,
        at=work.now,
        unread_key=where.pk,
    )
    work.create(notice, audited=False)
    _count_one_more(work, person)
    work.publish(person, NOTICE, notice_view(notice))
    _write_later(work, _letter(person, notice))
    return notice.entity_id


def list_notices(
    actor: Actor, deps: Dependencies, limit: int, cursor: str | None, *, only_unread: bool
) -> tuple[Page[Notice], int]:
    """A page of one's notices, newest first, and how many are unread. Raises `ValidationFailed` for a bad cursor."""
    person = Recipient(actor.org_id, actor.user_id)
    pages = [partial(_list(person, only_unread=only_unread).page, limit, cursor)]
    [page], [head] = parallel_pair(pages, [partial(get, head_key(person))])
    now = deps.clock.now()
    kept = [notice for notice in page.items if not expired(notice.expires_at, now)]
    return Page(kept, page.next_cursor), 0 if head is None else head.unread


def read_one(work: UnitOfWork, actor: Actor, notice_id: str, retention: timedelta) -> None:
    """Stage that one has read a notice; one that was read already stays as it is.

    Raises `NotFound`, also for a notice of somebody else.
    """
    person = Recipient(actor.org_id, actor.user_id)
    notice = get(notice_key(person, notice_id))
    if notice is None or expired(notice.expires_at, work.now):
        raise NotFound("There is no such notice.")
    if notice.read_at is None:
        _mark(work, person, [notice_id], retention)


def read_all(work: UnitOfWork, request: Request[Any, Any], deps: Dependencies, retention: timedelta) -> None:
    """Stage that one has read everything that one was told so far.

    What is more than one transaction holds is committed before, ninety at a time: reading is safe to be done by halves.
    """
    person = Recipient(request.actor.org_id, request.actor.user_id)
    unread = [notice.entity_id for notice in _list(person, only_unread=True).all()]
    parts = [unread[start : start + MAX_AT_ONCE] for start in range(0, len(unread), MAX_AT_ONCE)]
    for part in parts[:-1]:
        deps.runner.run(request.actor, partial(_mark_part, person, part, retention))
    _mark_part(person, parts[-1] if parts else [], retention, work)


def _list(person: Recipient, *, only_unread: bool) -> Query[Notice]:
    if only_unread:
        return Query(Notice, notices_pk(person), index=Unread.Meta.index_name, newest_first=True)
    return Query(Notice, notices_pk(person), range_condition=Notice.sk.startswith(FIRST), newest_first=True)


def _count_one_more(work: UnitOfWork, person: Recipient) -> None:
    """One more unread notice; the store's item is changed once, however many notices there are for one person."""
    where = head_key(person)
    staged = {one.key: one for one in work}.get((NoticeHead.Meta.table_name, where.pk, where.sk))
    if staged is None:
        work.update_unread(where, actions=[NoticeHead.unread.add(1)], audited=False)
        return
    new = sum(isinstance(one.item, Notice) and one.item.pk == where.pk for one in work)
    staged.actions[:] = [NoticeHead.unread.add(new)]


def _mark_part(person: Recipient, notice_ids: Sequence[str], retention: timedelta, work: UnitOfWork) -> None:
    work.audit(NoticeHead.kind, person.user_id, "NOTICES_READ")
    # The index may still show what was read a moment ago; then its guard was lost, and it is left out from then on.
    _mark(work, person, [notice_id for notice_id in notice_ids if notice_id not in work.conflicts], retention)


def _mark(work: UnitOfWork, person: Recipient, notice_ids: Sequence[str], retention: timedelta) -> None:
    """Stage that these unread notices are read, each only if nobody has said so meanwhile."""
    read = [
        Notice.read_at.set(work.now),
        Notice.expires_at.set(work.now + retention),
        Notice.unread_key.remove(),
    ]
    for notice_id in notice_ids:
        work.update_unread(
            notice_key(person, notice_id),
            condition=Notice.pk.exists() & Notice.read_at.does_not_exist(),
            on_conflict=Unavailable(),
            actions=read,
            changes={"read_at": [None, work.now]},
            label=notice_id,
        )
    if notice_ids:
        work.update_unread(head_key(person), actions=[NoticeHead.unread.add(-len(notice_ids))], audited=False)


def _letter(person: Recipient, notice: Notice) -> OutboundMessage:
    data = {
        "noticeId": notice.entity_id,
        "type": notice.type,
        "subjectKind": notice.subject_kind,
        "subjectId": notice.subject_id,
    }
    return OutboundMessage(PUSH, person.user_id, notice.title, notice.body, person.org_id, data)


class _Letters:
    """The notifications of one change, handed over beside each other once it is committed."""

    def __init__(self) -> None:
        self.letters: list[OutboundMessage] = []

    def __call__(self) -> None:
        """Never raises."""
        parallel([partial(_hand_over, letter) for letter in self.letters], pool="phones")


def _write_later(work: UnitOfWork, letter: OutboundMessage) -> None:
    written = next((do for do in work.after_commit if isinstance(do, _Letters)), None)
    if written is None:
        written = _Letters()
        work.after_commit.append(written)
    written.letters.append(letter)


def _hand_over(letter: OutboundMessage) -> None:
    """Have a notification sent, if there is a phone to send it to."""
    try:
        if devices_of(letter.org_id, letter.to):
            message_queue().put(letter)
    except Exception:  # noqa: BLE001 - the change is committed, and the notice is in the list
        observability.log().exception("a notification could not be handed over")

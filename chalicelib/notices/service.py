"""The use cases of notifications: notify a user, mark one notification as read, mark all as read.

A notification is staged with the change that causes it: the notification, the count of unread ones and the socket event
are in the same transaction. So nothing is announced that did not happen, and nothing is announced twice. Push
notifications are queued after the commit, while the event is delivered, and only if the user has a device; one that is
lost is still in the list.

No write depends on the number of a user's notifications, except marking all as read, which takes them by the hundred.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.errors import Unavailable
from chalicelib.core.messages import PUSH, OutboundMessage
from chalicelib.core.runner import Runner
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.edge.dependencies import message_queue
from chalicelib.identity.accounts.devices import devices_of
from chalicelib.notices.events import NOTICE
from chalicelib.notices.queries import unread_notifications
from chalicelib.notices.rules import MAX_BODY, MAX_TITLE, NoticeType, clip
from chalicelib.notices.schemas import NoticeSubject
from chalicelib.notices.tables import Notification, NotificationHead, head_key, notification_key
from chalicelib.notices.views import notification_view

MAX_AT_ONCE = 90
"""Notifications that one transaction marks as read; the rest of its hundred items is for audit row, head and so on."""


def notify(
    work: UnitOfWork, recipient: Recipient, notice_type: NoticeType, *, title: str, body: str, subject: NoticeSubject
) -> str:
    """Stage a notification to a user and return its id. Texts that are too long are cut."""
    key = notification_key(recipient, work.ids.new())
    notification = key.new(
        type=notice_type.value,
        title=clip(title, MAX_TITLE),
        body=clip(body, MAX_BODY),
        subject_kind=subject.kind.value,
        subject_id=subject.id,
        at=work.now,
        unread_key=key.pk,
    )
    work.create(notification, audited=False)
    _increment_unread(work, recipient)
    work.publish(recipient, NOTICE, notification_view(notification))
    queue_push(work, _push_message(recipient, notification))
    return notification.entity_id


def read_notification(work: UnitOfWork, notification: Notification, actor: Actor) -> None:
    """Mark a notification of the caller as read; one that was read already stays as it is."""
    if notification.read_at is None:
        _mark_read(work, Recipient(actor.org_id, actor.user_id), [notification.entity_id])


def read_all_notifications(work: UnitOfWork, actor: Actor, runner: Runner) -> None:
    """Mark all of the caller's notifications as read.

    What exceeds one transaction is committed before, ninety at a time; an incomplete run does no harm.
    """
    recipient = Recipient(actor.org_id, actor.user_id)
    unread = [notification.entity_id for notification in unread_notifications(recipient).all()]
    parts = [unread[start : start + MAX_AT_ONCE] for start in range(0, len(unread), MAX_AT_ONCE)]
    for part in parts[:-1]:
        runner.run(actor, partial(_read_part, recipient, part))
    _read_part(recipient, parts[-1] if parts else [], work)


def _increment_unread(work: UnitOfWork, recipient: Recipient) -> None:
    """Stage the count of unread notifications; one change of the item, however many notifications the user gets."""
    key = head_key(recipient)
    head = {staged.key: staged for staged in work}.get((NotificationHead.Meta.table_name, key.pk, key.sk))
    if head is None:
        work.update_unread(key, actions=[NotificationHead.unread.add(1)], audited=False)
        return
    number = sum(isinstance(staged.item, Notification) and staged.item.pk == key.pk for staged in work)
    head.actions[:] = [NotificationHead.unread.add(number)]


def _read_part(recipient: Recipient, notification_ids: Sequence[str], work: UnitOfWork) -> None:
    work.audit(NotificationHead.kind, recipient.user_id, "NOTICES_READ")
    # The index may still list a notification that was just read. Its condition then fails, and the next attempt omits
    # it.
    _mark_read(work, recipient, [each for each in notification_ids if each not in work.conflicts])


def _mark_read(work: UnitOfWork, recipient: Recipient, notification_ids: Sequence[str]) -> None:
    """Stage that these notifications are read, each on the condition that it is unread."""
    retention = timedelta(seconds=work.settings.notice_retention_s)
    actions = [
        Notification.read_at.set(work.now),
        Notification.expires_at.set(work.now + retention),
        Notification.unread_key.remove(),
    ]
    for notification_id in notification_ids:
        work.update_unread(
            notification_key(recipient, notification_id),
            condition=Notification.pk.exists() & Notification.read_at.does_not_exist(),
            on_conflict=Unavailable(),
            actions=actions,
            changes={"read_at": [None, work.now]},
            label=notification_id,
        )
    if notification_ids:
        decrement = [NotificationHead.unread.add(-len(notification_ids))]
        work.update_unread(head_key(recipient), actions=decrement, audited=False)


def _push_message(recipient: Recipient, notification: Notification) -> OutboundMessage:
    data = {
        "noticeId": notification.entity_id,
        "type": notification.type,
        "subjectKind": notification.subject_kind,
        "subjectId": notification.subject_id,
    }
    return OutboundMessage(PUSH, recipient.user_id, notification.title, notification.body, recipient.org_id, data)


def queue_push(work: UnitOfWork, message: OutboundMessage) -> None:
    """Queue a push message once the unit of work is committed, if its recipient has a device; one may get lost."""
    work.during_delivery.append(partial(_queue_message, message))


def _queue_message(message: OutboundMessage) -> None:
    """Queue a push message if its recipient has a device. Never raises."""
    try:
        if devices_of(message.org_id, message.to):
            message_queue().put(message)
    except Exception:  # noqa: BLE001 - the change is committed, and its event is in the mailbox
        observability.log().exception("push notification not queued")

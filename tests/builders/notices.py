"""Sends notifications and reads them, as tests need it."""

from typing import Any

from chalicelib.core.store import Query, get
from chalicelib.core.work import UnitOfWork
from chalicelib.notices.rules import NoticeType, SubjectKind
from chalicelib.notices.schemas import NoticeSubject
from chalicelib.notices.service import notify
from chalicelib.notices.tables import NOTIFICATION_PREFIX, Notification, head_key, notifications_pk
from tests.builders.mailboxes import recipient
from tests.builders.world import Answer, Person, World

ADDRESS = "/v1/me/notifications"
READ_ALL = f"{ADDRESS}/read-all"


def stage(work: UnitOfWork, person: Person, title: str = "New work order", body: str = "Ride 7 stands still") -> str:
    """Stage a notification about a work order; return its id."""
    subject = NoticeSubject(SubjectKind.WORK_ORDER, "order-7")
    return notify(work, recipient(person), NoticeType.WO_ASSIGNED, title=title, body=body, subject=subject)


def send(world: World, person: Person, *titles: str) -> list[str]:
    """Send notifications, each in its own transaction and a second after the one before; return their ids."""
    ids = []
    for title in titles:
        world.clock.advance(seconds=1)
        ids.append(world.run(lambda work, title=title: stage(work, person, title), person.org_id))
    return ids


def listed(person: Person, query: str = "") -> dict[str, Any]:
    """Return a page of a person's notifications."""
    answer = person.get(ADDRESS + query)
    assert answer.status == 200, answer
    page: dict[str, Any] = answer.json
    return page


def titles(person: Person, query: str = "") -> list[str]:
    """Return the titles of a page."""
    return [item["title"] for item in listed(person, query)["items"]]


def unread(person: Person) -> int:
    """Return the number of unread notifications that the list shows."""
    return int(listed(person)["unread"])


def read(person: Person, notice_id: str, **headers: str) -> Answer:
    """Mark a notification as read."""
    return person.post(f"{ADDRESS}/{notice_id}/read", **headers)


def stored_notices(person: Person) -> list[Notification]:
    """Return all notifications of a person, oldest first."""
    prefix = Notification.sk.startswith(NOTIFICATION_PREFIX)
    return list(Query(Notification, notifications_pk(recipient(person)), range_condition=prefix).all())


def check_count(person: Person) -> int:
    """Assert that the stored count equals the number of unread notifications; return it."""
    stored = stored_notices(person)
    head = get(head_key(recipient(person)))
    counted = 0 if head is None else head.unread
    assert counted == sum(each.read_at is None for each in stored)
    assert all((each.read_at is None) == (each.unread_key is not None) for each in stored)
    assert all((each.read_at is None) == (each.expires_at is None) for each in stored)
    return counted

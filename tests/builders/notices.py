"""Notices as tests want them: tell somebody something, and read what they were told."""

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
    """Stage that somebody is told of a work order; the notice's id."""
    subject = NoticeSubject(SubjectKind.WORK_ORDER, "order-7")
    return notify(work, recipient(person), NoticeType.WO_ASSIGNED, title=title, body=body, subject=subject)


def tell(world: World, person: Person, *titles: str) -> list[str]:
    """Tell somebody things, each in a transaction of its own and a second after the other; the ids."""
    told = []
    for title in titles:
        world.clock.advance(seconds=1)
        told.append(world.run(lambda work, title=title: stage(work, person, title), person.org_id))
    return told


def listed(person: Person, query: str = "") -> dict[str, Any]:
    """A page of somebody's notices."""
    answer = person.get(ADDRESS + query)
    assert answer.status == 200, answer
    page: dict[str, Any] = answer.json
    return page


def titles(person: Person, query: str = "") -> list[str]:
    """The titles of a page."""
    return [item["title"] for item in listed(person, query)["items"]]


def unread(person: Person) -> int:
    """How many are unread, as the list says."""
    return int(listed(person)["unread"])


def read(person: Person, notice_id: str, **headers: str) -> Answer:
    """Say that one has read a notice."""
    return person.post(f"{ADDRESS}/{notice_id}/read", **headers)


def check_count(person: Person) -> int:
    """The count is the number of notices that are unread; how many that is."""
    stored = list(
        Query(
            Notification,
            notifications_pk(recipient(person)),
            range_condition=Notification.sk.startswith(NOTIFICATION_PREFIX),
        ).all()
    )
    head = get(head_key(recipient(person)))
    counted = 0 if head is None else head.unread
    assert counted == sum(notice.read_at is None for notice in stored)
    assert all((notice.read_at is None) == (notice.unread_key is not None) for notice in stored)
    assert all((notice.read_at is None) == (notice.expires_at is None) for notice in stored)
    return counted

"""Items come back from the store as they went in."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pynamodb.attributes import AttributeContainer
from pynamodb.exceptions import AttributeDeserializationError

from chalicelib.dispatch.couriers.tables import Courier
from chalicelib.dispatch.orders.tables import Order
from chalicelib.identity.accounts.tables import User
from chalicelib.identity.roles.tables import RolePermissions
from chalicelib.realtime.tables import MailboxHead

NOW = datetime(2026, 3, 1, 9, 0, 0, 123_000, tzinfo=UTC)
ITEMS = [
    Courier("a#COURIER#1", "COURIER", courier_id="1", org_id="a", available=True, lat=52.0, lng=-4.25, position_at=NOW),
    Courier("a#COURIER#1", "COURIER", courier_id="1", org_id="a"),
    RolePermissions("a#ROLE#r", "ROLE", code="r", permissions={"dispatch.order.read": "own"}),
    MailboxHead("a#MAILBOX#1", "HEAD", org_id="a", user_id="1", queue=["e1", "e2"], numbered=7, connections="{}"),
    User(
        "a#USER#1",
        "USER",
        user_id="1",
        org_id="a",
        username="ü",
        full_name="Ü",
        role="r",
        password_hash="none",
        created_at=NOW,
        updated_at=NOW,
        directory_key="a#DIRECTORY",
        directory_name="ü",
        role_list="a#ROLE#r",
        role_place="#ü",
        skills=["lift", 3],
    ),
]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: type(item).__name__)
def test_an_item_is_read_as_it_was_written(item: Any) -> None:
    assert type(item).from_raw_data(item.serialize()).attribute_values == item.attribute_values


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: type(item).__name__)
def test_an_item_is_read_as_pynamodb_itself_reads_it(item: Any) -> None:
    theirs: Any = AttributeContainer._instantiate.__func__(type(item), item.serialize())  # type: ignore[attr-defined]  # noqa: SLF001 - the original that ours replaces
    assert type(item).from_raw_data(item.serialize()).attribute_values == theirs.attribute_values


def test_an_attribute_that_is_stored_as_null_or_not_at_all_reads_as_absent() -> None:
    order = Order.from_raw_data({"pk": {"S": "a"}, "sk": {"S": "ORDER"}, "notes": {"NULL": True}})
    assert order.notes is None
    assert order.pickup_lat is None
    assert order.version == 1


def test_two_items_never_share_a_default() -> None:
    raw = {"pk": {"S": "a"}, "sk": {"S": "HEAD"}}
    first, second = MailboxHead.from_raw_data(raw), MailboxHead.from_raw_data(raw)
    first.queue.append("e1")
    assert second.queue == []


def test_an_attribute_of_the_wrong_type_is_an_error_that_names_it() -> None:
    with pytest.raises(AttributeDeserializationError, match="available"):
        Courier.from_raw_data({"pk": {"S": "a"}, "sk": {"S": "COURIER"}, "available": {"S": "yes"}})

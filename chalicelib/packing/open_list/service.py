"""Shipments enter and leave the list of those that can be packed, and are counted in the same transaction.

A shipment is counted if and only if it has a `warehouse_key`, which names the warehouse under which it is. So each
change knows from the shipment itself what to count, and the version on which the shipment is changed keeps the counts
exact. The shard is one of 16 at random, so that changes of the same moment seldom meet.
"""

from collections import Counter
from typing import Any

from chalicelib.core.store import get
from chalicelib.core.table import parts_of
from chalicelib.core.work import UnitOfWork
from chalicelib.packing.open_list.tables import OpenShipmentCount, open_count_key
from chalicelib.packing.shipments.rules import PACKABLE
from chalicelib.packing.shipments.tables import NOT_OPEN, Shipment, open_attributes, shipment_key

SHARDS = 16


def enter_open_list(work: UnitOfWork, shipment: Shipment) -> dict[str, Any]:
    """Stage that a shipment is counted where it is listed; return the attributes that list it.

    `warehouse_key` of the shipment has to be the stored one; its other attributes may be new.
    """
    attributes = open_attributes(shipment)
    _count(work, shipment, counted_in(attributes["warehouse_key"]))
    return attributes


def leave_open_list(work: UnitOfWork, shipment: Shipment) -> dict[str, None]:
    """Stage that a shipment is counted no longer; return the attributes that take it from the list."""
    _count(work, shipment, None)
    return dict(NOT_OPEN)


def is_listed_right(shipment: Shipment) -> bool:
    """Return whether a shipment is listed and counted if it can be packed, and is not if it cannot.

    One that an earlier version listed is not counted.
    """
    expected = open_attributes(shipment) if shipment.status in PACKABLE else NOT_OPEN
    return all(getattr(shipment, name) == value for name, value in expected.items())


def list_again(work: UnitOfWork, org_id: str, shipment_id: str) -> bool:
    """Stage that a shipment is listed and counted as its status says; return whether that changes anything."""
    shipment = get(shipment_key(org_id, shipment_id))
    if shipment is None or is_listed_right(shipment):
        return False
    work.audit(Shipment.kind, shipment_id, "SHIPMENT_LISTED_AGAIN")
    change = enter_open_list if shipment.status in PACKABLE else leave_open_list
    work.update(shipment, change(work, shipment))
    return True


def counted_in(warehouse_key: str | None) -> str | None:
    """Return the warehouse under which a shipment with this key is counted (empty: without one); None if it is not."""
    return None if warehouse_key is None else parts_of(warehouse_key)[2]


def _count(work: UnitOfWork, shipment: Shipment, after: str | None) -> None:
    """Stage the counts of a shipment that was counted as its `warehouse_key` says."""
    changes = Counter({after: 1})
    changes[counted_in(shipment.warehouse_key)] -= 1
    shard = work.random_source.randrange(SHARDS)
    for warehouse_id, change in changes.items():
        if warehouse_id is not None and change:
            actions = [OpenShipmentCount.open.add(change)]
            work.update_unread(open_count_key(shipment.org_id, warehouse_id, shard), actions=actions, audited=False)

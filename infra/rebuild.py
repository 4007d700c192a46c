"""`python -m infra.rebuild DOMAIN`: compare what is stored with what it follows from, and repair it.

    picking   the state of each assignment follows from its ledger
    packing   whether a shipment is in the list of open ones, and counted, follows from its status
    maintenance   what a work order adds to the totals of reports follows from its timeline
    manufacturing   where SKUs, batches, modules and packs are listed and counted follows from their attributes; what a
                    recall finds of cells that were unbound follows from their earlier uses

It reads the tables of the stage in `BATON_STAGE`, on AWS or on the engine that `BATON_DYNAMODB_ENDPOINT` names, and may
run while people work. It prints each difference with its assignment, shipment or order. With `--write` it repairs what
differs, through the same write path as a request. It cannot restore what is missing in a ledger: such a gap is printed
again each time, and the stored data, which may hold more, stays.

Exit codes: 0 nothing differs, 1 something differs or is missing, 2 wrong arguments or no store.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from infra.local import environment, startup

if TYPE_CHECKING:
    from chalicelib.core.clock import Clock
    from chalicelib.core.table import Item
    from chalicelib.core.work import UnitOfWork

_EQUAL, _DIFFERS, _CANNOT = 0, 1, 2


@dataclass(slots=True)
class Count:
    """The numbers of ledgers or shipments that were checked, that differ, that were repaired, and that have gaps."""

    checked: int = 0
    differing: int = 0
    repaired: int = 0
    gaps: int = 0

    @property
    def code(self) -> int:
        """Return the exit code."""
        return _DIFFERS if self.gaps or self.differing > self.repaired else _EQUAL


def replay_picking(org: str | None, *, write: bool) -> Count:
    """Replay all ledgers, or those of one organisation, and print the differences."""
    from chalicelib.picking.ledger.replay import find_picker_gaps, repair_assignment, replay

    clock, run = _composed()
    count = Count()
    for org_id, kind, name in _ledgers(org):
        count.checked += 1
        if kind == "PICKER":
            gaps = find_picker_gaps(org_id, name, clock)
        else:
            result = replay(org_id, name, clock)
            gaps = result.gaps
            _print(org_id, name, result.differences)
            count.differing += bool(result.differences)
            if result.differences and write:
                decide = partial(repair_assignment, org_id=org_id, assignment_id=name)
                count.repaired += run(org_id, decide)
        _print(org_id, name, gaps)
        count.gaps += bool(gaps)
    return count


def list_shipments(org: str | None, *, write: bool) -> Count:
    """Compare all shipments, or those of one organisation, with the list of open ones, and print the differences."""
    from chalicelib.packing.open_list.service import is_listed_right, list_again
    from chalicelib.packing.shipments.tables import Shipment

    _, run = _composed()
    count = Count()
    for item in _scanned(Shipment, "sk = :shipment", {":shipment": {"S": "SHIPMENT"}}):
        shipment = Shipment.from_raw_data(item)
        if org not in {None, shipment.org_id}:
            continue
        count.checked += 1
        if not is_listed_right(shipment):
            count.differing += 1
            _print(shipment.org_id, shipment.shipment_number, [f"is {shipment.status} and not listed or counted so"])
            if write:
                decide = partial(list_again, org_id=shipment.org_id, shipment_id=shipment.shipment_id)
                count.repaired += run(shipment.org_id, decide)
    return count


def recount_work_orders(org: str | None, *, write: bool) -> Count:
    """Compare what all work orders, or those of one organisation, count for in reports, and print the differences."""
    from chalicelib.maintenance.reports.service import find_differences, recount_work_order
    from chalicelib.maintenance.workorders.tables import WorkOrder

    _, run = _composed()
    count = Count()
    for item in _scanned(WorkOrder, "sk = :order", {":order": {"S": "WORKORDER"}}):
        order = WorkOrder.from_raw_data(item)
        if org not in {None, order.org_id}:
            continue
        count.checked += 1
        if differences := find_differences(order):
            count.differing += 1
            _print(order.org_id, order.code, differences)
            if write:
                decide = partial(recount_work_order, org_id=order.org_id, order_id=order.order_id)
                count.repaired += run(order.org_id, decide)
    return count


def list_line(org: str | None, *, write: bool) -> Count:
    """Compare how SKUs, batches, modules and packs are listed and counted with what they are."""
    from chalicelib.core.store import ItemKey
    from chalicelib.manufacturing.status_counters import is_listed_right, list_again
    from chalicelib.manufacturing.tables import Module, Pack, ProductionBatch, Sku

    _, run = _composed()
    count = Count()
    models: dict[str, Any] = {"SKU": Sku, "BATCH": ProductionBatch, "MODULE": Module, "PACK": Pack}
    values = {f":{name.lower()}": {"S": name} for name in models}
    for item in _scanned(Pack, f"sk IN ({', '.join(values)})", values):
        entity = models[item["sk"]["S"]].from_raw_data(item)
        if org not in {None, entity.org_id}:
            continue
        count.checked += 1
        if not is_listed_right(entity):
            count.differing += 1
            _print(entity.org_id, entity.item_id, [f"is {entity.section} and not listed and counted so"])
            if write:
                decide = partial(list_again, item_key=ItemKey(type(entity), entity.pk, entity.sk))
                count.repaired += run(entity.org_id, decide)
    return count


def restore_lots(org: str | None, *, write: bool) -> Count:
    """Compare what earlier versions kept of the lots of cells with what recalls read."""
    from chalicelib.core.table import parts_of
    from chalicelib.manufacturing.traceability.lots import upgrade
    from chalicelib.manufacturing.traceability.tables import FormerCell, LotUse

    _, run = _composed()
    count = Count()
    seen = set()
    for item in _scanned(FormerCell, "begins_with(sk, :former)", {":former": {"S": "FORMER#"}}):
        org_id, _, serial = parts_of(item["pk"]["S"])
        if org in {None, org_id} and (org_id, serial) not in seen:
            seen.add((org_id, serial))
            missing = upgrade.find_missing(org_id, serial)
            _note(count, org_id, serial, missing)
            if missing and write:
                count.repaired += run(org_id, partial(upgrade.restore_cell, org_id=org_id, serial=serial))
    counted = "begins_with(sk, :module) AND contains(pk, :lot)"
    for item in _scanned(LotUse, counted, {":module": {"S": "MODULE#"}, ":lot": {"S": "#LOT#"}}):
        use = LotUse.from_raw_data(item)
        org_id = parts_of(use.pk)[0]
        if org in {None, org_id}:
            differs = upgrade.is_counted_by_case(use)
            _note(count, org_id, use.module_id, [f"counts lot {use.lot} by its case"] if differs else [])
            if differs and write:
                count.repaired += run(org_id, partial(upgrade.count_without_case, use=use))
    return count


def rebuild_line(org: str | None, *, write: bool) -> Count:
    """Compare lists and counts of the battery line, and the lots of its cells."""
    line, lots = list_line(org, write=write), restore_lots(org, write=write)
    checked, differing = line.checked + lots.checked, line.differing + lots.differing
    return Count(checked, differing, line.repaired + lots.repaired)


def _note(count: Count, org_id: str, name: str, differences: Sequence[str]) -> None:
    """Count something that was checked, and print its differences."""
    count.checked += 1
    count.differing += bool(differences)
    _print(org_id, name, differences)


def _composed() -> tuple[Clock, Callable[[str, Callable[[UnitOfWork], bool]], bool]]:
    """Return the clock, and what runs a use case for an organisation."""
    import app
    from chalicelib.core.actor import Actor
    from chalicelib.core.clock import SystemClock
    from chalicelib.core.ids import SystemIds
    from chalicelib.core.settings import settings

    clock = SystemClock()
    ids = SystemIds(clock)
    runner = app.compose(settings(), clock, ids).dependencies.runner
    return clock, lambda org_id, decide: runner.run(Actor(org_id, "system:rebuild", ids.new()), decide)


def _print(org_id: str, name: str, sentences: Sequence[str]) -> None:
    for sentence in sentences:
        print(f"{org_id} {name}: {sentence}", flush=True)


def _ledgers(org: str | None) -> Iterator[tuple[str, str, str]]:
    """Yield organisation, kind (`ASSIGNMENT` or `PICKER`) and id of each ledger."""
    from chalicelib.core.table import parts_of
    from chalicelib.picking.tables import Assignment

    values = {":assignment": {"S": "ASSIGNMENT"}, ":picker": {"S": "PICKER"}}
    for item in _scanned(Assignment, "sk = :assignment OR sk = :picker", values, ProjectionExpression="pk, sk"):
        org_id, kind, name = parts_of(item["pk"]["S"])
        if org in {None, org_id}:
            yield org_id, kind, name


def _scanned(model: type[Item], condition: str, values: Mapping[str, Any], **options: str) -> Iterator[Any]:
    """Yield the items of the model's table that meet a condition."""
    from chalicelib.core import aws
    from chalicelib.core.settings import settings

    client: Any = aws.client("dynamodb", settings().dynamodb_endpoint)
    pages = client.get_paginator("scan").paginate(
        TableName=model.Meta.table_name,
        ConsistentRead=True,
        FilterExpression=condition,
        ExpressionAttributeValues=values,
        **options,
    )
    for page in pages:
        yield from page["Items"]


_DOMAINS = {
    "picking": replay_picking,
    "packing": list_shipments,
    "maintenance": recount_work_orders,
    "manufacturing": rebuild_line,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.rebuild", description="Compare what is stored with what it follows from."
    )
    parser.add_argument("domain", choices=_DOMAINS)
    parser.add_argument("--org", help="only this organisation")
    parser.add_argument("--write", action="store_true", help="repair what differs")
    options = parser.parse_args(arguments)
    startup.quiet_libraries()
    environment.configure_command()
    from botocore.exceptions import BotoCoreError, ClientError
    from pynamodb.exceptions import PynamoDBException

    from chalicelib.core.errors import Unavailable
    from chalicelib.core.settings import SettingsError

    try:
        count = _DOMAINS[options.domain](options.org, write=options.write)
    except (BotoCoreError, ClientError, PynamoDBException, Unavailable, SettingsError) as error:
        print(f"Cannot compare: {error}", file=sys.stderr)
        return _CANNOT
    summary = f"{count.checked} checked, {count.differing} differ, {count.repaired} repaired, {count.gaps} with gaps"
    print(summary, flush=True)
    return count.code


if __name__ == "__main__":
    sys.exit(main())

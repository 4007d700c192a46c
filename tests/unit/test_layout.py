"""The layout: every domain has the same rooms under the same names, and each other module has a reason to exist."""

from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIB = ROOT / "chalicelib"

ROOMS = {
    "__init__": "what the package is for",
    "routes": "endpoints: a declaration and one call",
    "resources": "how requests find the package's entities, and who owns them, where several route modules share it",
    "schemas": "requests and responses as typed structs",
    "service": "use cases: apply rules, stage changes",
    "queries": "lists and reads",
    "examples": "sample values of requests and responses, for the API description",
    "rules": "state machine and arithmetic; no I/O, no clock",
    "tables": "PynamoDB models, keys and indexes",
    "views": "entity to response",
    "permissions": "permission codes",
    "errors": "the package's own errors",
    "events": "what it publishes",
    "settings": "the organisation's settings",
    "imports": "its importers",
    "sweep": "its scheduled work",
}
"""The file names that every domain shares, and what belongs into each."""

OWN: dict[str, dict[str, str]] = {
    "dispatch": {
        "couriers/duty": "the changes of a courier's duty and order in hand, which orders share",
        "couriers/geo": "great-circle geometry and the cells of the search; pure",
        "couriers/nearest_search": "which cells a search reads, and when it ends; pure",
        "couriers/nearest": "the search for a courier over the indexes",
        "couriers/presence": "the signs of life of couriers, stored outside of the unit of work with every request",
        "couriers/positions": "the use case of reported positions, stored outside of the unit of work",
        "orders/list_routes": "the endpoints of active orders and histories, beside those that change orders",
        "orders/customers": "the use cases that keep and read the active orders of customers",
        "orders/matching": "the use cases that bring waiting orders and free couriers together",
        "orders/waiting": "where orders wait, and the oldest one that fits a courier",
        "orders/assignment": "the offer of an order to a courier, shared by creation, decline, release and sweep",
        "proof/verification": "the use case of checking a proof and of making a PIN, beside those of photos",
        "orders/timeline_schemas": "requests and responses: those with the timeline of an order",
        "orders/event_schemas": "requests and responses: the bodies of what is published",
    },
    "packing": {
        "font": "the font of packing slips and labels, with its glyphs and widths",
        "boxes/labels": "the label of a box in ZPL",
        "boxes/label_graphics": "lines of text as ZPL graphics; the only module that loads Pillow's fonts",
        "boxes/prefixes": "the use cases of claiming and giving up GS1 company prefixes",
        "boxes/sscc_allocation": "the counters that give each SSCC once",
        "boxes/transfers": "the changes of plate, line, box and shipment by one item, which several use cases share",
        "shipments/cancellation": "the use case of cancelling a shipment, in several transactions",
        "shipments/slip_schemas": "requests and responses: the packing slip",
        "shipments/slip_pdf": "a packing slip as PDF",
        "shipments/line_diff": "the comparison of a record's lines with the stored and the packed ones",
        "sscc": "the arithmetic of SSCCs; pure",
    },
    "maintenance": {
        "reports/totals": "the use cases that count steps, labour and parts in the totals of days",
        "schedules/recurrence": "the occurrences of a recurrence rule; the only module that loads dateutil",
        "workorders/assigning": "the use cases of who has a work order: assign, return",
        "workorders/closing": "the use cases that close a work order and open it again",
        "workorders/vendors": "the use cases of vendors",
        "workorders/step_routes": "the endpoints of the steps of a work order that is in a technician's hands",
        "workorders/lead_routes": "the endpoints of the steps that only leads take",
        "workorders/detail_schemas": "requests and responses: those with a whole work order",
        "workorders/step_schemas": "requests and responses: those of holds and of the steps of leads",
        "workorders/timeline": "the events of a work order, which orders and photos record",
    },
    "identity": {
        "accounts/devices": "the use cases of devices for push notifications, beside those of users",
        "accounts/name_probing": "the limit of what a caller learns about names of other organisations",
        "accounts/navigation": "the bottom navigation of each role, as data",
        "accounts/passwords": "password hashes; the only module that loads argon2",
        "accounts/phones": "phone numbers in E.164 form; the only module that loads phonenumbers",
        "accounts/push_notifications": "delivery to the devices of a user, outside any request",
        "accounts/users": "the writes of users and their login names, shared with bootstrap and demo data",
        "apikeys/authentication": "the authentication of machines, which the edge calls with every request",
        "roles/administration": "who may grant what, and that an administrator remains; shared by roles and accounts",
        "roles/default_permissions": "the default permissions of each role, as data",
        "roles/holders": "the number of holders of a custom role, shared by roles, accounts and API keys",
        "sessions/authentication": "the authentication of the caller, which the edge calls with every request",
        "sessions/ending": "the end of sessions, which signing out, refreshing and passwords share",
        "sessions/lockout": "tries of passwords and the locks that follow, stored outside of the unit of work",
        "sessions/login": "the use case of signing in, beside those of sessions",
        "sessions/recovery": "the use cases of passwords, beside those of sessions",
        "sessions/sign_out": "the use cases that end sessions, beside those of tokens",
        "sessions/throttling": "rate limits of sign-in and password reset, counted outside of the unit of work",
        "sessions/tokens": "access tokens and the ring of their keys; the only module that loads PyJWT",
    },
    "audit": {
        "diffs": "the stored form of changes, compressed where they are long",
        "refusals": "the limit of rows of refused requests, counted outside of the unit of work",
        "trail": "the port by which the runner and the edge write audit rows",
    },
    "realtime": {
        "backlog": "the choice of old events that are still worth sending, with what domains know of them",
        "connections": "the stored connections of sockets",
        "delivery": "the port by which the runner and the sweep deliver mailboxes",
        "delivery_trigger": "the port that starts a delivery, and its implementation on Lambda",
        "drain": "one delivery of one mailbox, in rounds",
        "live": "events that go to open sockets only, past the mailbox",
        "mailbox": "the reads and conditional writes of a mailbox: append, read, save",
        "message_rate": "the count of messages by which a socket is closed",
        "posting": "posts to one connection and what became of them",
        "protocol": "the protocol that all channels share, declared for the AsyncAPI document",
        "sender": "the port that posts to a socket and closes it, and its implementation on API Gateway",
        "sockets": "the handlers of connect, disconnect and messages: the routes of sockets",
    },
    "media": {
        "colours": "the conversion of pixels to sRGB; loads Pillow's colour management",
        "containers": "the structure of JPEG and PNG files; pure",
        "images": "verification and re-encoding of image files; loads Pillow",
        "strips": "the strips of a large image, and the JPEG that they are written to",
        "storage": "the objects in the bucket: their keys, writing, checking and removing them",
    },
    "manufacturing": {
        "assembly/binding": "what modules and packs share: new ones, room, parts bound, ledger entries",
        "assembly/holds/blocking": "the check of every step against the open holds, which all packages make",
        "assembly/modules": "the use cases of modules",
        "assembly/packs": "the use cases of packs",
        "batch_counts": "the counts of a batch's packs, which assembly and quality change",
        "traceability/freed_cells": "the cells that a scrapped module freed, which the registry and histories read",
        "traceability/lots/upgrade": "what the lots of cells of earlier versions lack, and its repair",
        "traceability/lots/blocking": "the check of every binding against blocked lots, and the list of them",
        "batch_closing": "the items that keep completed batches closed, which planning writes and assembly checks",
        "list_keys": "the partitions of lists, and the positions in them",
        "listing": "one list for SKUs, batches, modules and packs: partitions by status, any page in one round trip",
        "quality/limits": "measurements and limits as the rules take them, which dispositions and tests share",
        "sku_spec": "the specification that everything built carries",
        "search": "the filters of lists; the search for units by serial number or id, and for modules by pack",
        "status_counters": "where entities are listed, and the counts of lists, in shards",
        "traceability/batch_trace": "the traces of batches and SKUs, read from lists",
        "traceability/epcis": "facts of the ledgers as EPCIS 2.0 events",
        "traceability/epcis_document": "the types of an EPCIS document",
        "traceability/facts": "facts of what is stored, for EPCIS",
        "traceability/history": "the pages of the history of a serial number",
        "traceability/history_reader": "the facts of a serial number, read from ledgers",
        "traceability/identifiers": "serial numbers and places as URIs",
        "traceability/ledger_reader": "reads of many ledgers in parallel",
        "traceability/passports/attributes": "the attributes of the battery passport, as a table",
        "traceability/passports/qr": "QR codes as SVG; the only module that loads segno",
        "traceability/recall": "the modules and packs that hold cells of a lot",
        "traceability/serial_registry": "the registry that keeps serial numbers unique in the whole system",
        "traceability/units": "units of measurement by UN/CEFACT Recommendation 20",
    },
    "picking": {
        "assignments/metrics": "rates, scores and remaining time; pure",
        "ledger/assignment_lane": "the transactions of one assignment's events in a batch",
        "ledger/batch_loader": "what a batch of events reads",
        "ledger/effects": "the stack of effects that an undo can revert; pure",
        "ledger/entries": "the stored forms of entries and states",
        "ledger/event_ingestion": "the use case of event batches: validate, deduplicate and record",
        "ledger/calendar": "the days of a time zone; pure",
        "ledger/day_totals": "the totals of each person's days, which change with the ledgers",
        "ledger/event_parsing": "the parser of single events, with the reasons of rejections",
        "ledger/holds": "who held an assignment at a moment; pure",
        "ledger/in_hand": "the search for the assignment that a user had in hand at a moment",
        "ledger/log_lines": "the log of an assignment, as pickers read it; pure",
        "ledger/matching": "scanned codes and the lines that they fill; pure",
        "ledger/rejections": "the use cases that keep and close the records of rejected events",
        "ledger/replay": "comparison and repair of stored states with their ledgers",
        "ledger/shorts": "the records of short lines, which follow from the state",
        "ledger/snapshots": "stored states from which late events are folded",
        "ledger/state": "the state into which a ledger is folded; pure",
        "ledger/tails": "what late events, undo and snapshots are folded from, read or kept in memory",
        "ledger/working_time": "working time without pauses; pure",
        "ledger/zone_counts": "the counts of assignments by zone and status, in shards",
        "ledger/writer": "the one way to append entries and stage what follows from them",
    },
}
"""Modules and sub-packages that are the domain itself, each with its reason."""

DOMAINS = ("dispatch", "picking", "packing", "maintenance", "manufacturing")
PACKAGES = (*DOMAINS, "overview", "identity", "audit", "realtime", "notices", "media")
LONGEST_MODULE = 300

SHARES = {"dispatch": 0.71, "picking": 0.56, "packing": 0.8, "maintenance": 0.96, "manufacturing": 0.62}
"""The share of a domain's lines that stands in rooms, endpoints, use cases and schemas split by noun included.

The aim is 0.9. The rest is the domain itself: the search for a courier in dispatch; the ledger, its state and its
replay in picking; the label, the slip, the SSCCs, the line diff and the transfers in packing; recurrence rules in
maintenance; the trace, EPCIS and the shared list in manufacturing.
"""


def _modules(package: str) -> Iterator[Path]:
    yield from sorted((LIB / package).rglob("*.py"))


def _is_explained(package: str, path: Path) -> bool:
    """Return whether a module is a room, or it or a package above it has a reason in the table."""
    own = OWN.get(package, {})
    inner = path.relative_to(LIB / package).with_suffix("")
    return path.stem in ROOMS or any("/".join(inner.parts[: depth + 1]) in own for depth in range(len(inner.parts)))


def _is_part_of_a_room(package: str, path: Path) -> bool:
    """Return whether a module is a part of `routes.py`, `service.py` or `schemas.py`, split by noun."""
    name = str(path.relative_to(LIB / package).with_suffix(""))
    return OWN.get(package, {}).get(name, "").startswith(("the endpoints", "the use case", "requests and responses"))


@pytest.mark.parametrize("package", PACKAGES)
def test_each_module_of_a_domain_is_a_room_or_has_a_reason(package: str) -> None:
    strangers = [str(path.relative_to(ROOT)) for path in _modules(package) if not _is_explained(package, path)]
    rooms = "\n".join(f"  {name}.py: {purpose}" for name, purpose in ROOMS.items())
    assert not strangers, (
        f"{strangers}: move the code into the room where it belongs:\n{rooms}\nor give a reason in OWN."
    )


@pytest.mark.parametrize(("package", "share"), SHARES.items())
def test_a_domain_keeps_its_share_of_lines_in_rooms(package: str, share: float) -> None:
    lines = {path: len(path.read_text().splitlines()) for path in _modules(package)}
    in_rooms = sum(count for path, count in lines.items() if path.stem in ROOMS or _is_part_of_a_room(package, path))
    assert in_rooms / sum(lines.values()) >= share


@pytest.mark.parametrize("package", PACKAGES)
def test_no_reason_outlives_its_module(package: str) -> None:
    for name, reason in OWN.get(package, {}).items():
        assert (LIB / package / f"{name}.py").exists() or (LIB / package / name).is_dir(), name
        assert reason


def test_no_module_is_longer_than_three_hundred_lines() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in LIB.rglob("*.py")}
    assert {path: length for path, length in lengths.items() if length > LONGEST_MODULE} == {}

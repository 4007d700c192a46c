"""Packing flow: find a shipment by barcode, pack it by two users at once, and complete it with labelled boxes."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.races.crowd import at_once
from tests.system.clients import Person
from tests.system.flows.site import Site

PACK = "/shipping/scanner/pack"
PREFIX = "7610425"


def loaded(site: Site) -> None:
    """Import a shipment of almond biscuits and oil for a customer with nut allergy, and a plate of ten of each."""
    biscuits = {"sku": "BISC", "product_name": "Almond biscuits", "unit_weight": 0.25, "allergens": ["Nuts"]}
    oil = {"sku": "OIL", "product_name": "Sunflower oil", "unit_weight": 0.92, "uom": "L"}
    lines = [{**biscuits, "line_number": 1, "quantity": 6}, {**oil, "line_number": 2, "quantity": 2.5}]
    shipment = {"shipment_number": site.own("SH"), "so_number": site.own("SO"), "customer_name": site.own("Bakery")}
    site.load("shipments", {**shipment, "allergen_restrictions": ["nuts"], "lines": lines})
    plates = [
        {
            "lp_number": site.own(f"LP{line['line_number']}"),
            "sku": line["sku"],
            "product_name": line["product_name"],
            "quantity": 10,
            "allocations": [{"shipment_number": site.own("SH"), "line_number": line["line_number"]}],
        }
        for line in lines
    ]
    site.load("license-plates", *plates)


def scanned(packer: Person, barcode: str, **query: str) -> Any:
    parameters = "&".join(f"{name}={value}" for name, value in query.items())
    return packer.ask("GET", f"{PACK}/lookup/{barcode}?{parameters}")["data"]


def opened(packer: Person, shipment: str) -> str:
    return str(packer.ask("POST", f"{PACK}/box/create", {"shipment_id": shipment}, status=201)["id"])


def item(site: Site, packer: Person, shipment: str, line: int, quantity: float) -> dict[str, Any]:
    """Return the body to pack a quantity of a line's plate, without the box."""
    plate = scanned(packer, site.own(f"LP{line}"), shipment_id=shipment)
    assert plate["allocated"]
    ids = {"shipment_id": shipment, "license_plate_id": plate["lp"]["id"], "so_line_id": plate["so_line_id"]}
    return {**ids, "quantity": quantity}


def test_a_shipment_is_packed_by_two_people_and_completed(site: Site) -> None:
    loaded(site)
    one, two, lead = site.people({"packer1": "packer", "packer2": "packer", "chief": "supervisor"})
    site.admin.ask("PUT", "/v1/organisation/settings/packing", {"gs1_company_prefix": PREFIX})
    [listed] = one.ask("GET", f"{PACK}/shipments?search={site.own('Bakery')}")["data"]
    shipment = scanned(one, site.own("SO"))["id"]
    assert (listed["id"], listed["status"], listed["allergen_alert"]) == (shipment, "pending", True)
    boxes = [opened(packer, shipment) for packer in (one, two)]

    six = item(site, one, shipment, 1, 6)
    won = last_of_a_plate(six, {one: boxes[0], two: boxes[1]})
    oil = {**item(site, one, shipment, 2, 2.5), "box_id": boxes[1 - won]}
    packed = one.ask("POST", PACK, oil, status=201)
    assert packed["so_line_status"] == {"packed_qty": 2.5, "remaining_qty": 0, "status": "complete"}

    closed = [sealed(packer, box) for packer, box in zip((one, two), boxes, strict=True)]
    refused = one.ask("POST", PACK, oil, status=400)
    assert refused["error"]["code"] == "BOX_CLOSED"
    lead.ask("POST", f"{PACK}/box/reopen", {"box_id": boxes[0], "reason": "The seal broke"})
    assert sealed(one, boxes[0])["sscc"] == closed[0]["sscc"]
    assert closed[0]["sscc"] in one.get(f"{PACK}/box/{boxes[0]}/label").text
    done = two.ask("POST", f"{PACK}/complete", {"shipment_id": shipment})
    assert (done["status"], done["lines_packed"], done["boxes_count"]) == ("packed", 2, 2)
    assert one.ask("GET", f"{PACK}/shipments?search={site.own('Bakery')}")["total"] == 0


def last_of_a_plate(body: dict[str, Any], boxes: dict[Person, str]) -> int:
    """Two users pack six of the ten at once; return the index of the one who succeeded."""
    calls = [partial(packer.post, PACK, {**body, "box_id": box}) for packer, box in boxes.items()]
    answers = at_once(calls)
    assert sorted(answer.status_code for answer in answers) == [201, 400]
    won = [answer.status_code for answer in answers].index(201)
    assert answers[1 - won].json()["error"]["code"] == "QUANTITY_EXCEEDS_AVAILABLE"
    packed = answers[won].json()
    assert packed["allergen_warning"]["matches"] == ["nuts"]
    assert packed["box_summary"]["total_weight_est"] == 1.5
    return won


def sealed(packer: Person, box: str) -> Any:
    view = packer.ask("POST", f"{PACK}/box/close", {"box_id": box, "weight": 2.25})
    assert view["status"] == "closed"
    assert view["sscc"][1:].startswith(PREFIX)
    return view

"""Plays the flows with the client that openapi-python-client generates. Prints one line per flow."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

from baton_client.api.courier_dispatch import (
    accept_order,
    arrive_at_pickup,
    create_order,
    deliver_order,
    pick_up_order,
    report_position,
    set_availability,
)
from baton_client.api.maintenance import finish_work_order, get_work_order, start_work_order, upload_photo
from baton_client.api.me import get_me
from baton_client.api.packing_scanner import close_box, complete_shipment, create_box, look_up, pack_item
from baton_client.api.pick_scanner import claim_assignment, record_events
from baton_client.models import (
    Availability,
    ClientEvents,
    CloseBox,
    CompleteShipment,
    CourierAction,
    CourierPosition,
    CreateBox,
    CreateOrder,
    DeliverOrder,
    ErrorBody,
    MaintenancePhotoKind,
    NextAssignment,
    PackItem,
    PickingRole,
    ScanEvent,
    ScanEventEventType,
    ScanPayload,
    UploadPhoto,
    WorkOrderFinish,
)
from baton_client.types import File
from session import Session

T = TypeVar("T")
RUN = os.environ["BATON_RUN"]


def sign_in(name: str) -> Session:
    """Return the session of a person of this run."""
    return Session(os.environ["BATON_URL"], f"{name}-{RUN}", os.environ["BATON_PASSWORD"])


def body(response: T | ErrorBody | None) -> T:
    """Return the body of a response, or raise the error that the API reported."""
    if response is None or isinstance(response, ErrorBody):
        raise RuntimeError(str(response))
    return response


def sign_in_and_refresh() -> list[str]:
    """Sign in, and let the session refresh an access token that is refused."""
    session = sign_in("customer")
    session.expire()
    me = body(get_me.sync(client=session.client))
    return ["signed in", "refreshed" if me.user.id == session.user_id else "someone else"]


def delivery() -> list[str]:
    """Order a delivery, once although it is sent twice, and carry it out."""
    courier, customer = sign_in("courier"), sign_in("customer")
    report_position.sync_detailed(client=courier.client, body=CourierPosition(latitude=52.3731, longitude=4.8926))
    set_availability.sync_detailed(client=courier.client, body=Availability(available=True))

    order = CreateOrder(
        pickup_address="Dam 1, Amsterdam",
        pickup_lat=52.3731,
        pickup_lng=4.8926,
        dropoff_address="Museumplein 6, Amsterdam",
        receiver_phone="+31205550201",
    )
    key = str(uuid4())
    placed = body(create_order.sync(client=customer.client, body=order, idempotency_key=key)).order
    again = create_order.sync_detailed(client=customer.client, body=order, idempotency_key=key)
    steps = [placed.status.value, "replayed" if "Idempotent-Replayed" in again.headers else "twice"]

    action = CourierAction(order_id=placed.id, courier_id=courier.user_id)
    taken = (accept_order, arrive_at_pickup, pick_up_order)
    steps += [body(step.sync(client=courier.client, body=action)).status.value for step in taken]
    delivery = DeliverOrder(order_id=placed.id, courier_id=courier.user_id)
    steps.append(body(deliver_order.sync(client=courier.client, body=delivery)).status.value)
    set_availability.sync_detailed(client=courier.client, body=Availability(available=False))
    return steps


def packing() -> list[str]:
    """Find a shipment and its plates by their barcodes, and pack them into a box."""
    client = sign_in("packer").client
    found = body(look_up.sync(f"SO-{RUN}", client=client))
    shipment_id = UUID(str(found.data.id))
    box_id = UUID(body(create_box.sync(client=client, body=CreateBox(shipment_id=shipment_id))).id)
    steps = [found.type_.value]
    for barcode, quantity in ((f"LP1-{RUN}", 6), (f"LP2-{RUN}", 2.5)):
        plate = body(look_up.sync(barcode, client=client, shipment_id=shipment_id))
        if not plate.data.lp or not plate.data.so_line_id:
            raise RuntimeError("the plate is not allocated to the shipment")
        item = PackItem(
            shipment_id=shipment_id,
            box_id=box_id,
            license_plate_id=UUID(plate.data.lp.id),
            so_line_id=UUID(plate.data.so_line_id),
            quantity=quantity,
        )
        packed = body(pack_item.sync(client=client, body=item))
        steps += [plate.type_.value, packed.so_line_status.status.value]
    box = body(close_box.sync(client=client, body=CloseBox(box_id=box_id, weight=4.2)))
    done = body(complete_shipment.sync(client=client, body=CompleteShipment(shipment_id=shipment_id)))
    return [*steps, box.status.value, done.status.value]


def event_batch() -> list[str]:
    """Send a scan, the same again, and one of an assignment of somebody else."""
    client = sign_in("picker").client
    company_id = body(get_me.sync(client=client)).user.organization
    wanted = NextAssignment(device_id="truck-7", company_id=company_id, role=PickingRole.PICKER)
    mine = scan(body(claim_assignment.sync(client=client, body=wanted)).assignment_id)
    answer = body(record_events.sync(client=client, body=ClientEvents(events=[mine, mine, scan("another")])))
    # A client deletes accepted and duplicate events from its queue, and shows rejected ones to its user.
    return ["no id" if one.client_event_id is None else one.result.value for one in answer.status]


def scan(assignment_id: str) -> ScanEvent:
    """Return the event of a scan, as a client puts it into its queue."""
    now = datetime.now(UTC)
    return ScanEvent(
        event_type=ScanEventEventType.SCAN_RECEIVED,
        client_event_id=str(uuid4()),
        created_at=now,
        payload=ScanPayload(raw="5901234123457", assignment_id=assignment_id, order_id=assignment_id, at=now),
    )


def photo_of_work() -> list[str]:
    """Start a work order, add a photo of the finished work, and finish it."""
    client, work_order = sign_in("tech").client, os.environ["BATON_WORK_ORDER"]
    version = body(get_work_order.sync(work_order, client=client)).version
    started = body(start_work_order.sync(work_order, client=client, if_match=str(version)))
    picture = File(BytesIO(Path(os.environ["BATON_PHOTO"]).read_bytes()), "lamp.jpg", "image/jpeg")
    form = UploadPhoto(file=picture, work_order_id=work_order, kind=MaintenancePhotoKind.COMPLETION)
    stored = body(upload_photo.sync(client=client, body=form))
    finish = WorkOrderFinish(fix_note="New lamp")
    done = body(finish_work_order.sync(work_order, client=client, body=finish, if_match=str(started.version)))
    return [started.state.value, stored.kind.value, done.state.value]


FLOWS = {
    "session": sign_in_and_refresh,
    "delivery": delivery,
    "packing": packing,
    "events": event_batch,
    "photo": photo_of_work,
}

if __name__ == "__main__":
    for name, flow in FLOWS.items():
        print(f"{name}: {', '.join(flow())}", flush=True)

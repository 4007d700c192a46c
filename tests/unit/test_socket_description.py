"""The API description of the sockets agrees with what they accept."""

import json

import app
from chalicelib.core.clock import SystemClock
from chalicelib.core.ids import SystemIds
from chalicelib.core.settings import settings
from chalicelib.dispatch import events
from chalicelib.edge.openapi.document import document
from chalicelib.realtime.events import socket_events


def test_every_client_message_is_described_with_its_permission() -> None:
    described = {event.event: event for event in events.SOCKET_EVENTS if event.from_client}
    assert described
    for name, event in described.items():
        taken = socket_events.get(name)
        assert (taken.permission, taken.data) == (event.permission, event.data)


def test_the_document_has_the_socket_channels() -> None:
    clock = SystemClock()
    described = document(app.compose(settings(), clock, SystemIds(clock)).dependencies)
    assert "order.assigned" in str(described["x-socket"])
    assert all(
        "ack" in channel["from_client"]
        for channel in json.loads(json.dumps(described["x-socket"]))["channels"].values()
    )

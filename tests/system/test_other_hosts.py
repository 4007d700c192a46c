"""A stack that other machines reach: its banner names the addresses, and photos have the address that was used."""

import re
import socket
from collections.abc import Iterator

import pytest

from infra.local.addresses import machine_addresses
from tests.builders.photos import photo
from tests.system.clients import Stack
from tests.system.repairs import repair, upload
from tests.system.servers import PASSWORD, Server, running
from tests.system.test_photos_http import fetch, presigned, put

OTHER = "127.0.0.2"
"""Another address of this machine on Linux; a phone would use the one in its network."""

pytestmark = pytest.mark.xdist_group("other-hosts")


@pytest.fixture(scope="module")
def open_server() -> Iterator[Server]:
    """A stack that listens on all addresses."""
    with running("--host", "0.0.0.0") as server:  # noqa: S104 - what is tested
        yield server


def test_the_banner_names_the_addresses_of_the_machine(open_server: Server) -> None:
    text = open_server.output.text
    addresses = [address for address in machine_addresses() if address.version == 4]
    assert ("Everybody in the network can reach this stack" in text) == bool(addresses)
    for address in addresses:
        assert f"http://{address}:{open_server.port}/api/docs" in text


def test_addresses_of_photos_name_the_host_of_the_request(open_server: Server) -> None:
    with socket.socket() as probe:
        try:
            probe.bind((OTHER, 0))
        except OSError:
            pytest.skip(f"{OTHER} is no address of this machine")
    stack = Stack(f"http://{OTHER}:{open_server.port}/api", PASSWORD)
    order_id, tech = repair(stack), stack.person("tech2")
    view = upload(tech, order_id).json()
    for url in (view["url"], view["thumbUrl"]):
        assert url.startswith(f"http://{OTHER}:{open_server.port}/_s3/")
        assert fetch(url).status_code == 200
        assert fetch(url[:-4] + "0000").status_code == 403
    form = presigned(tech, order_id)
    assert form["url"].startswith(f"http://{OTHER}:{open_server.port}/_s3/")
    assert put(form, photo()) == 204
    assert tech.post(f"/v1/uploads/photos/{form['id']}/confirm").status_code == 201
    stack.close()
    local = Stack(open_server.base, PASSWORD)
    shown = local.person("tech2").get(f"/v1/work-orders/{order_id}").json()["photos"]
    assert {item["url"].partition("/_s3/")[0] for item in shown} == {f"http://localhost:{open_server.port}"}
    local.close()


def test_sockets_get_events_on_a_single_address() -> None:
    with running("--host", "::1") as server:
        [base] = set(re.findall(r"http://\[::1\]:\d+/api(?= )", server.output.text))
        assert "Everybody" not in server.output.text
        stack = Stack(base, PASSWORD)
        courier = stack.person("courier1")
        with courier.listening("courier") as socket_:
            courier.ask("POST", "/v1/courier/availability", {"available": True}, status=204)
            order = {"pickup_address": "a", "dropoff_address": "b", "receiver_phone": "1"}
            stack.person("customer1").ask("POST", "/v1/orders", order, status=201)
            socket_.wait_for("order.assigned")
        stack.close()

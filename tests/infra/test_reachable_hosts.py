"""Addresses of the machine, and hosts in presigned URLs."""

from ipaddress import ip_address
from pathlib import Path

import pytest

from infra.local.addresses import is_this_machine, machine_addresses, own_host, reachable_hosts, url_host
from infra.local.asgi import AsgiResponse
from infra.local.gateway_objects import follow_host

KERNEL = """\
Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     |-- 198.51.100.7
        /32 host LOCAL
     |-- 198.51.100.255
        /32 link BROADCAST
     |-- 127.0.0.1
        /32 host LOCAL
"""
KERNEL_6 = """\
20010db8000000000000000000000007 02 40 00 80     eth0
fe800000000000000000000000000001 02 40 20 80     eth0
00000000000000000000000000000001 01 80 10 80       lo
"""
URL = "http://127.0.0.1:8000/_s3"


def test_all_addresses_of_the_kernel_are_found_but_loopback_and_link_local_ones(tmp_path: Path) -> None:
    (tmp_path / "fib_trie").write_text(KERNEL)
    (tmp_path / "if_inet6").write_text(KERNEL_6)
    found = machine_addresses(tmp_path)
    assert {ip_address("198.51.100.7"), ip_address("2001:db8::7")} <= found
    assert not any(address.is_loopback or address.is_link_local for address in found)
    assert ip_address("198.51.100.255") not in found


def test_a_machine_without_these_tables_has_the_other_addresses(tmp_path: Path) -> None:
    assert machine_addresses(tmp_path) <= machine_addresses()


def test_loopback_is_reached_by_nobody_else() -> None:
    assert [reachable_hosts(host) for host in ("127.0.0.1", "localhost", "::1", "127.0.0.2")] == [[]] * 4
    assert reachable_hosts("198.51.100.7") == ["198.51.100.7"]
    assert reachable_hosts("2001:db8::7") == ["[2001:db8::7]"]
    assert all(":" not in host for host in reachable_hosts("0.0.0.0"))  # noqa: S104 - nothing listens
    assert set(reachable_hosts("::")) == {url_host(str(address)) for address in machine_addresses()}


def test_this_machine_reaches_its_stack() -> None:
    assert own_host("0.0.0.0") == own_host("::") == "127.0.0.1"  # noqa: S104 - nothing listens
    assert own_host("::1") == "[::1]"
    assert is_this_machine("localhost")
    assert is_this_machine("127.0.0.1")
    assert not is_this_machine("api.example.org")


@pytest.mark.parametrize("host", ["192.168.1.5:8000", "[2001:db8::7]:8000", "laptop.local:8000", "laptop"])
def test_presigned_urls_name_the_host_of_the_request(host: str) -> None:
    response = AsgiResponse(200, {}, f'{{"url":"{URL}/b/k?x","note":"{URL}x"}}'.encode())
    followed = follow_host(response, URL, host)
    assert followed.body.decode() == f'{{"url":"http://{host}/_s3/b/k?x","note":"{URL}x"}}'


@pytest.mark.parametrize("host", ["", '"', "a b", "a/b", "a\\", "[::1", "127.0.0.1:8000", "h:123456", "ü"])
def test_other_hosts_change_nothing(host: str) -> None:
    response = AsgiResponse(200, {}, f"{URL}/b".encode())
    assert follow_host(response, URL, host) is response

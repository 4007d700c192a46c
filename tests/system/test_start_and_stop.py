"""Startup, output and shutdown of the local stack."""

import re
import shutil
import signal
import stat
import subprocess
from pathlib import Path

import httpx
import pytest

from infra.local.demo_people import ORGANISATIONS
from tests.system.clients import Stack
from tests.system.repairs import repair, upload
from tests.system.servers import PASSWORD, READY, ROOT, clean_environment, run_once, running

DIFFICULT = """it's "quoted" $HOME \\ `too`"""


def test_the_banner_names_everybody_the_password_and_the_addresses() -> None:
    with running() as server:
        text = server.output.text
        names = {person.username for organisation in ORGANISATIONS for person in organisation.people}
        assert names <= set(text.split())
        assert PASSWORD in text
        for address in (server.base, server.base.replace("http", "ws") + "/v1/ws/", "/v1/openapi.json", "/health"):
            assert address in text
        assert f"{server.base}/docs" in text
        assert "\x1b" not in text
        assert text.endswith(READY)


def test_missing_password_is_generated() -> None:
    with running(BATON_DEMO_PASSWORD="", BATON_STAGE="local") as server:
        found = re.search(r"Password +(\S+)", server.output.text)
        assert found is not None
        stack = Stack(server.base, found[1])
        assert stack.person("packer1").user_id
        stack.close()


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
@pytest.mark.parametrize("password", [PASSWORD, DIFFICULT])
def test_the_commands_of_the_banner_prepare_a_shell(password: str) -> None:
    with running(BATON_DEMO_PASSWORD=password) as server:
        [prepare] = [line.split("  ")[0] for line in map(str.strip, server.output.lines) if line.startswith(". ")]
        me = 'curl -s $API/v1/me -H "Authorization: Bearer $(token courier1)"'
        pasted = subprocess.run(
            ["sh"],  # noqa: S607 - the one of the machine
            input=f"{prepare}\n{me} | field user.username\n{me} | field user.nothing\n",
            cwd=ROOT,
            env=clean_environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        assert pasted.stdout == "courier1\n\n"
        assert pasted.stderr == ""


def test_the_password_is_kept_for_its_user_alone_while_the_stack_runs() -> None:
    with running(BATON_DEMO_PASSWORD="") as server:
        folder = ROOT / ".baton" / str(server.port)
        kept = (folder / "password").read_text().strip()
        assert kept in server.output.text
        assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {
            "password": 0o600,
            "shell": 0o600,
        }
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        stack = Stack(server.base, kept)
        assert stack.person("packer1").user_id
        stack.close()
        server.end()
        assert not folder.exists()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_shutdown_closes_sockets_and_exits_with_0(how: signal.Signals) -> None:
    with running() as server:
        stack = Stack(server.base, PASSWORD)
        with stack.person("courier1").listening("courier") as socket:
            assert server.end(how) == 0
            assert socket.wait_closed() == 1001
        stack.close()
        assert server.output.text.endswith(READY)
        assert server.errors.text == ""


def test_a_port_that_is_taken_is_named_in_one_line() -> None:
    with running() as server:
        second = run_once("infra.local", PORT=str(server.port))
        assert second.returncode == 1
        assert second.stdout == ""
        assert str(server.port) in second.stderr
        assert len(second.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"PORT": "many"}, "PORT"),
        ({"PORT": "²"}, "PORT"),
        ({"BATON_OFFER_LIFE": "15"}, "BATON_OFFER_LIFE"),
        ({"BATON_OFFER_LIFE_S": "soon"}, "BATON_OFFER_LIFE_S"),
        ({"BATON_TOKEN_KEYS": "{}"}, "BATON_TOKEN_KEYS"),
        ({"BATON_DYNAMODB_ENDPOINT": "http://127.0.0.1:9"}, "127.0.0.1:9"),
        ({"BATON_DYNAMODB_ENDPOINT": "https://dynamodb.eu-west-1.amazonaws.com"}, "BATON_DYNAMODB_ENDPOINT"),
        ({"BATON_STAGE": "prod"}, "BATON_STAGE"),
    ],
)
def test_invalid_setting_is_reported_in_one_line(wrong: dict[str, str], named: str) -> None:
    ended = run_once("infra.local", **{"PORT": "0", **wrong})
    assert ended.returncode == 1
    assert named in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("host", ["", "192.0.2.77", "no-such-host.invalid", "2001:db8::77"])
def test_invalid_host_is_reported_in_one_line(host: str) -> None:
    ended = run_once("infra.local", "--host", host, PORT="0")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "HOST must be an address of this machine" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_data_on_another_engine_survives_a_restart(engine_url: str, tmp_path: Path) -> None:
    order = {"pickup_address": "a", "dropoff_address": "b", "receiver_phone": "1"}
    kept = {"BATON_DYNAMODB_ENDPOINT": engine_url, "BATON_LOCAL_OBJECTS": str(tmp_path / "photos" / "objects")}
    with running(**kept) as server:
        stack = Stack(server.base, PASSWORD)
        customer = stack.person("customer1")
        placed = customer.post("/v1/orders", order).json()["order"]
        work_order_id = repair(stack)
        assert upload(stack.person("tech2"), work_order_id).status_code == 201
        stack.close()
    with running(**kept) as server:
        stack = Stack(server.base, PASSWORD)
        [shown] = stack.person("tech2").get(f"/v1/work-orders/{work_order_id}").json()["photos"]
        assert httpx.get(shown["url"], trust_env=False).headers["Content-Type"] == "image/jpeg"
        assert stack.call("GET", "/v1/customer/active-order", token=customer.token).status_code == 401
        assert stack.person("customer1").user_id == customer.user_id
        assert stack.person("customer1").get(f"/v1/orders/{placed['id']}").json() == placed
        stack.close()
    with running(BATON_DYNAMODB_ENDPOINT=engine_url, BATON_DEMO_PASSWORD="another one") as server:
        assert "the existing users have another password than BATON_DEMO_PASSWORD" in server.output.text


def test_short_lives_of_tokens_disturb_neither_the_demo_data_nor_the_walkthrough() -> None:
    with running(BATON_ACCESS_TOKEN_S="60"):
        pass
    with running(BATON_ACCESS_TOKEN_S="5", BATON_OFFER_LIFE_S="6", BATON_SWEEP_EVERY_S="1") as server:
        played = run_once("infra.local.walkthrough", "--url", server.base, "--password", PASSWORD)
        assert played.returncode == 0, played.stdout + played.stderr
        assert "/v1/auth/refresh -> 200" in played.stdout

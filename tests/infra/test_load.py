"""`infra.load` with the whole application, without a network."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

import app
from chalicelib.core.store import get
from chalicelib.edge.imports import TRY_AGAIN
from chalicelib.identity.accounts import passwords
from chalicelib.identity.accounts.queries import all_users
from chalicelib.identity.accounts.tables import user_key
from infra import load
from infra.load_files import FileLine
from infra.local.gateway_http import Call, Gateway
from tests.builders.world import DEMO, World

PASSWORD = "seven quiet rivers"
CSV = f"""username,password,role,full_name,skills
anna,{PASSWORD},picker,Anna Bos,forklift|first aid
two words,{PASSWORD},picker,Bo,
cas,{PASSWORD},emperor,Cas Dol,
"""


class Wire(httpx.BaseTransport):
    """A transport to the application that first returns configured responses."""

    def __init__(self, *first: Callable[[httpx.Request], httpx.Response]) -> None:
        self.first = list(first)
        self.seen: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request.url.path)
        if self.first and request.url.path != "/v1/auth/login":
            return self.first.pop(0)(request)
        body = request.read()
        path = request.url.raw_path.decode()
        answer = Gateway(app.app).answer(Call(request.method, path, dict(request.headers), body, "127.0.0.1"))
        return httpx.Response(answer.status, content=answer.body)


class Operator:
    """An operator who loads a file."""

    def __init__(self, world: World, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = world
        self.folder = folder
        self.pauses: list[float] = []
        world.person("SYSTEM_ADMIN", username="root", password_hash=passwords.hash_password(PASSWORD))
        monkeypatch.setenv(load.PASSWORD, PASSWORD)

    def load(self, content: str, *options: str, name: str = "people.csv", wire: Wire | None = None) -> int:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        arguments = ["users", str(path), "--url", "http://stack", "--username", "root", *options]
        return load.main(arguments, wire or Wire(), self.pauses.append)


@pytest.fixture
def operator(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    return Operator(world, tmp_path, monkeypatch)


def names() -> set[str]:
    return {user.username for user in all_users(DEMO)} - {"root"}


def test_file_is_loaded_and_its_invalid_lines_are_reported(
    operator: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    assert operator.load(CSV) == 1
    said = capsys.readouterr()
    *refused, summary = said.out.splitlines()
    path = operator.folder / "people.csv"
    assert refused == [
        f"{path}:3: username: must not contain spaces",
        f"{path}:4: role: is not a role of this organisation",
    ]
    assert summary == "1 created, 0 updated, 2 rejected"
    assert "100 %: 3 of 3" in said.err
    assert PASSWORD not in said.out + said.err
    [anna] = [user for user in all_users(DEMO) if user.username == "anna"]
    stored = get(user_key(DEMO, anna.user_id))
    assert stored is not None
    assert stored.skills == ["forklift", "first aid"]


def test_corrected_file_can_be_loaded_again(operator: Operator, capsys: pytest.CaptureFixture[str]) -> None:
    operator.load(CSV)
    assert operator.load(CSV.replace("two words", "bo").replace("emperor", "picker")) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "2 created, 1 updated, 0 rejected"
    assert names() == {"anna", "bo", "cas"}


def test_lines_of_json_are_loaded_too(operator: Operator) -> None:
    record = {"username": "anna", "password": PASSWORD, "role": "picker", "full_name": "Anna"}
    assert operator.load(json.dumps(record), name="people.ndjson") == 0
    assert operator.load(json.dumps(record), "--format", "ndjson", name="people.txt") == 0
    assert names() == {"anna"}


def test_dry_run_reports_invalid_lines_and_sends_nothing(
    operator: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    wire = Wire()
    assert operator.load(CSV, "--dry-run", wire=wire) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "2 valid, 1 rejected; nothing was sent"
    assert (wire.seen, names()) == ([], set())


def handed_back(request: httpx.Request) -> httpx.Response:
    count = len(json.loads(request.read())["records"])
    rejected = [{"index": index, "fields": dict(TRY_AGAIN)} for index in range(count)]
    return httpx.Response(207, json={"success": True, "data": {"created": 0, "updated": 0, "rejected": rejected}})


def test_returned_records_are_sent_again(operator: Operator, capsys: pytest.CaptureFixture[str]) -> None:
    assert operator.load(CSV.replace("two words", "bo").replace("emperor", "picker"), wire=Wire(handed_back)) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "3 created, 0 updated, 0 rejected"


def test_records_that_are_returned_too_often_are_rejected(
    operator: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    assert operator.load(CSV, wire=Wire(*[handed_back] * 5)) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "0 created, 0 updated, 3 rejected"


def test_busy_server_is_retried_after_retry_after(operator: Operator) -> None:
    busy = httpx.Response(503, headers={"retry-after": "7"})

    def cut(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("cut")

    assert operator.load(CSV, wire=Wire(lambda _: busy, cut)) == 1
    assert operator.pauses == [7.0, 2.0]
    assert names() == {"anna"}


def test_a_token_that_has_expired_is_renewed(operator: Operator) -> None:
    expired: Any = httpx.Response(401, json={"error": {"message": "expired"}})
    wire = Wire(lambda _: expired)
    assert operator.load(CSV, wire=wire) == 1
    assert wire.seen == ["/v1/auth/login", "/v1/imports/users"] * 2


def test_lost_connection_is_reported_with_the_line_number(
    operator: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    def cut(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("cut")

    assert operator.load(CSV, wire=Wire(*[cut] * 5)) == 2
    assert "cannot be reached (cut). Stopped at line 2; run the same command again" in capsys.readouterr().err


def test_missing_permission_is_reported(operator: Operator, capsys: pytest.CaptureFixture[str]) -> None:
    operator.world.person("supervisor", username="sup", password_hash=passwords.hash_password(PASSWORD))
    assert operator.load(CSV, "--username", "sup") == 2
    assert "You do not have permission to do this." in capsys.readouterr().err


def test_wrong_password_is_reported(
    operator: Operator, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(load.PASSWORD, "not this one")
    assert operator.load(CSV) == 2
    assert "signing in: " in capsys.readouterr().err


def test_url_of_another_server_is_reported(operator: Operator, capsys: pytest.CaptureFixture[str]) -> None:
    assert operator.load(CSV, wire=Wire(lambda _: httpx.Response(200, text="<html>Welcome</html>"))) == 2
    assert "check that --url is the API" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing", "FILE"], "unknown dataset 'nothing'; the datasets are "),
        (["users", "FILE", "--format", "ndjson", "--dry-run"], ""),
        (["users", "no such file.csv"], "No such file"),
        (["users", "people.txt"], "set the format with --format"),
        (["users", "FILE"], "--username is missing"),
    ],
)
def test_invalid_arguments_are_reported(
    operator: Operator, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    path = operator.folder / "people.csv"
    path.write_text(CSV, encoding="utf-8")
    code = load.main([str(path) if one == "FILE" else one for one in arguments], Wire())
    assert code == (2 if said else 1)
    assert said in capsys.readouterr().err


def test_batches_keep_the_order_and_stay_small() -> None:
    lines = [FileLine(number, b"x" * 9) for number in range(7)]
    assert [[line.number for line in batch] for batch in load.split_batches(lines, 3)] == [[0, 1, 2], [3, 4, 5], [6]]
    assert [len(batch) for batch in load.split_batches(lines, 100, max_bytes=25)] == [2, 2, 2, 1]
    assert load.split_batches([], 3) == []

"""The command that creates an organisation and its first administrator."""

import re

import pytest

from chalicelib.audit.tables import AuditRow
from chalicelib.core.aws import client
from chalicelib.core.store import get
from chalicelib.identity.accounts.tables import organisation_key
from chalicelib.identity.roles.default_permissions import DEFAULT_PERMISSIONS
from chalicelib.identity.roles.tables import role_key
from infra import bootstrap
from infra.local.engine import EmbeddedEngine
from tests.builders.world import World

NAME, ADMIN = "Acme & Söns", "Root"


def stored() -> int:
    """Return the number of items in all tables."""
    dynamodb = client("dynamodb")
    return sum(dynamodb.scan(TableName=table)["Count"] for table in dynamodb.list_tables()["TableNames"])


def run(*more: str, org: str = NAME, admin: str = ADMIN) -> int:
    return bootstrap.main(["--org", org, "--admin", admin, *more])


def printed_password(text: str) -> str:
    found = re.search(r"shown only once\): (\S+)", text)
    assert found is not None
    return found[1]


def test_first_administrator_can_log_in_with_printed_password(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--name", "Ada Root", "--email", "ada@acme.example") == 0
    password = printed_password(capsys.readouterr().out)
    names = ("root", "ADA@acme.example")
    answers = [world.call("POST", "/v1/auth/login", {"identifier": name, "password": password}) for name in names]
    assert [answer.status for answer in answers] == [200, 200]
    token = answers[0].json["accessToken"]
    assert world.call("GET", "/v1/users", token=token).code == "PASSWORD_CHANGE_REQUIRED"
    change = {"currentPassword": password, "newPassword": "seven quiet rivers"}
    assert world.call("POST", "/v1/me/password", change, token=token).status == 204
    me = world.call("GET", "/v1/users", token=token).json["data"]
    assert [(one["username"], one["fullName"], one["role"]) for one in me] == [("Root", "Ada Root", "SYSTEM_ADMIN")]


def test_invisible_characters_around_the_arguments_are_not_stored(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--email", "\u200bada@acme.example\u2060", admin="\ufeffRoot\u200b") == 0
    password = printed_password(capsys.readouterr().out)
    for name in ("root", "ada@acme.example"):
        body = {"identifier": name, "password": password}
        assert world.call("POST", "/v1/auth/login", body).status == 200


def test_organisation_has_default_permissions_and_audit_row(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    password = printed_password(capsys.readouterr().out)
    organisation = get(organisation_key("acme-sons"))
    assert organisation is not None
    assert organisation.name == NAME
    for code, permissions in DEFAULT_PERMISSIONS.items():
        role = get(role_key("acme-sons", code))
        assert role is not None
        assert role.permissions == dict(permissions)
    [row] = world.audit("acme-sons")
    assert isinstance(row, AuditRow)
    assert (row.actor_id, row.action_type, row.entity_id) == ("system:bootstrap", "ORGANISATION_CREATED", "acme-sons")
    assert password not in str(row.attribute_values)
    assert "argon2" not in str(row.attribute_values)


@pytest.mark.parametrize("again", [NAME, "ACME & SÖNS", "acme-sons"])
def test_second_run_for_same_name_is_refused_without_change(
    engine: EmbeddedEngine, capsys: pytest.CaptureFixture[str], again: str
) -> None:
    assert run() == 0
    before = stored()
    capsys.readouterr()
    assert run(org=again, admin="somebody-else") == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "An organisation with this name already exists. Nothing was changed.\n"
    assert stored() == before


def test_user_name_in_use_is_refused_without_organisation(
    engine: EmbeddedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 0
    assert run(org="another") == 1
    assert "This user name is already in use. Nothing was changed." in capsys.readouterr().err
    assert get(organisation_key("another")) is None


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"org": ""}, "--org"),
        ({"org": "&&&"}, "--org"),
        ({"org": "two\nlines"}, "--org"),
        ({"org": "x" * 101}, "--org"),
        ({"admin": "two words"}, "--admin"),
        ({"admin": ""}, "--admin"),
        ({"admin": "ro\u200bot"}, "--admin"),
    ],
)
def test_invalid_name_is_refused(
    engine: EmbeddedEngine, capsys: pytest.CaptureFixture[str], arguments: dict[str, str], named: str
) -> None:
    assert run(**arguments) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.partition(" ")[0], said.err.count("\n")) == ("", named, 1)
    assert stored() == 0


def test_invalid_email_is_refused(engine: EmbeddedEngine, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--email", "nobody") == 2
    assert capsys.readouterr().err == "--email must be an e-mail address\n"


def test_missing_tables_name_the_stage(engine: EmbeddedEngine, capsys: pytest.CaptureFixture[str]) -> None:
    engine.fail_next("TransactWriteItems", "ResourceNotFoundException")
    assert run() == 2
    assert "stage test has no tables" in capsys.readouterr().err


def test_unreachable_store_is_reported_in_one_line(engine: EmbeddedEngine, capsys: pytest.CaptureFixture[str]) -> None:
    engine.fail_next("TransactWriteItems", "ThrottlingException", times=50)
    assert run() == 2
    assert capsys.readouterr().err.startswith("The database is not available: ")


@pytest.mark.parametrize(
    ("name", "made"),
    [("Acme", "acme"), ("  Café  №1 ", "cafe-no1"), ("a" * 90, "a" * 64), ("ACME_b.v.", "acme-b-v")],
)
def test_organisation_id_of_names(name: str, made: str) -> None:
    assert bootstrap.organisation_id(name) == made

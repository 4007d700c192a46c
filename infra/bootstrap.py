"""`python -m infra.bootstrap --org NAME --admin USERNAME`: create an organisation and its first administrator.

The administrator does everything else over the API. The command writes to the tables of the stage in `BATON_STAGE`, on
AWS or on the engine at `BATON_DYNAMODB_ENDPOINT`, through the same write path as a request: organisation, roles, user
and audit row are one transaction.

The password is generated, printed once and not stored in plain text. An existing organisation is not changed, so the
command cannot add an administrator to it.

Exit codes: 0 done, 1 refused and nothing changed, 2 wrong arguments or database not available.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from unicodedata import normalize

from infra.local import environment, startup

_DONE, _REFUSED, _FAILED = 0, 1, 2
_OPTIONS = {"username": "--admin", "fullName": "--name", "email": "--email"}
_MAX_ID_LENGTH = 64
_MAX_NAME_LENGTH = 100


class InvalidName(ValueError):
    """The name is not valid for an organisation; the message says why."""


@dataclass(frozen=True, slots=True)
class CreatedOrganisation:
    """A new organisation and its administrator."""

    org_id: str
    username: str
    password: str

    def report(self, stage: str) -> str:
        """Return the text for the operator, with the password."""
        return "\n".join(
            [
                f"Organisation {self.org_id} created (stage {stage}).",
                f"Administrator: {self.username}",
                f"Password (shown only once): {self.password}",
                "The administrator signs in and changes it; until then nothing else is possible.",
            ]
        )


def organisation_id(name: str) -> str:
    """Return the id for a name: `acme-sons` for `Acme & Sons`. Raise `InvalidName` if it has no letter or digit.

    Names that differ only in case, accents and punctuation have the same id, so only one of them can exist.
    """
    if not name.isprintable() or len(name) > _MAX_NAME_LENGTH:
        raise InvalidName(f"--org must be at most {_MAX_NAME_LENGTH} characters on one line")
    plain = normalize("NFKD", name).casefold().encode("ascii", "ignore").decode()
    org_id = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if not org_id:
        raise InvalidName("--org must contain a letter from a to z or a digit; the organisation's id consists of them")
    return org_id[:_MAX_ID_LENGTH].strip("-")


def create(org: str, admin: Mapping[str, str]) -> CreatedOrganisation:
    """Create the organisation and its administrator (`username`, `fullName`, optionally `email`).

    Raise `InvalidName`, `OrganisationExists` or `NameTaken`; nothing is changed then.
    """
    import app
    from chalicelib.core.actor import Actor
    from chalicelib.core.clock import SystemClock
    from chalicelib.core.ids import SystemIds
    from chalicelib.core.settings import settings
    from chalicelib.core.work import UnitOfWork
    from chalicelib.identity.accounts import passwords
    from chalicelib.identity.accounts.rules import readable_password
    from chalicelib.identity.accounts.users import NewAccount, add_user, create_organisation
    from chalicelib.identity.roles.default_permissions import ADMIN_ROLE

    org_id = organisation_id(org)
    clock = SystemClock()
    ids = SystemIds(clock)
    password = readable_password(ids.token())
    account = NewAccount(
        username=admin["username"],
        full_name=admin["fullName"],
        email=admin.get("email"),
        role=ADMIN_ROLE,
        password_hash=passwords.hash_password(password),
        one_time_password=True,
    )

    def decide(work: UnitOfWork) -> None:
        add_user(work, org_id, account)
        create_organisation(work, org_id, org.strip())

    runner = app.compose(settings(), clock, ids).dependencies.runner
    runner.run(Actor(org_id, "system:bootstrap", ids.new()), decide)
    return CreatedOrganisation(org_id, account.username, password)


def main(arguments: Sequence[str] | None = None) -> int:
    """Create an organisation and return the exit code."""
    description = "Create an organisation and its first administrator."
    parser = argparse.ArgumentParser(prog="python -m infra.bootstrap", description=description)
    parser.add_argument("--org", required=True, metavar="NAME", help="name of the organisation")
    parser.add_argument("--admin", required=True, metavar="USERNAME", help="user name of the administrator")
    parser.add_argument("--name", help="full name of the administrator (default: the user name)")
    parser.add_argument("--email", help="e-mail address of the administrator")
    options = parser.parse_args(arguments)
    startup.quiet_libraries()
    environment.configure_command()
    admin = {"username": options.admin, "fullName": options.name or options.admin}
    if options.email is not None:
        admin["email"] = options.email
    admin = _cleaned(admin)
    try:
        errors = _validation_errors(options.org, admin)
        return _report_error("; ".join(errors), _FAILED) if errors else _run(options.org, admin)
    except startup.StartFailed as error:
        return _report_error(str(error), _FAILED)


def _cleaned(admin: Mapping[str, str]) -> dict[str, str]:
    """Return the arguments without the invisible characters that pasted text has at its ends, as the API does."""
    from chalicelib.edge.text import TextKind, clean

    return {name: clean(value, TextKind.CODE) for name, value in admin.items()}


def _validation_errors(org: str, admin: Mapping[str, str]) -> list[str]:
    """Return what is wrong with the arguments."""
    from chalicelib.edge.validation import validation_errors
    from chalicelib.identity.accounts.schemas import CreateUser

    errors = validation_errors({**admin, "role": "-"}, CreateUser)
    messages = [f"{_OPTIONS[name]} {message}" for name, message in errors.items()]
    try:
        organisation_id(org)
    except InvalidName as error:
        messages.insert(0, str(error))
    return messages


def _run(org: str, admin: Mapping[str, str]) -> int:
    from chalicelib.core.errors import Conflict
    from chalicelib.core.settings import SettingsError, settings

    try:
        stage = settings().stage
    except SettingsError as error:
        raise startup.StartFailed(str(error)) from error
    with _errors_in_one_line(stage):
        _prepare_engine()
        try:
            created = create(org, admin)
        except Conflict as error:
            return _report_error(f"{error.message} Nothing was changed.", _REFUSED)
    print(created.report(stage))
    return _DONE


@contextmanager
def _errors_in_one_line(stage: str) -> Iterator[None]:
    """Raise `StartFailed` with a message of one line if the database cannot be reached or has no tables."""
    from botocore.exceptions import BotoCoreError, ClientError
    from pynamodb.exceptions import PynamoDBException

    from chalicelib.core.errors import Unavailable
    from infra.tables import SchemaConflict

    try:
        yield
    except SchemaConflict as error:
        raise startup.StartFailed(str(error)) from error
    except (BotoCoreError, ClientError, PynamoDBException, Unavailable) as error:
        reason = str(_root_cause(error))
        if "ResourceNotFound" in reason:
            reason = f"stage {stage} has no tables; deploy it first, or set BATON_STAGE to another stage"
        raise startup.StartFailed(f"The database is not available: {reason}") from error


def _root_cause(error: BaseException) -> BaseException:
    while (cause := getattr(error, "cause", None) or error.__cause__) is not None:
        error = cause
    return error


def _prepare_engine() -> None:
    """Create the tables, except on AWS, where the deployment creates them."""
    from chalicelib.core import aws
    from chalicelib.core.settings import settings
    from infra.tables import create_missing

    if settings().dynamodb_endpoint:
        create_missing(aws.client("dynamodb", settings().dynamodb_endpoint))


def _report_error(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())

"""`python -m infra.bootstrap --org NAME --admin USERNAME`: create an organisation and its first user.

The new administrator does everything else through the API; this step is needed because there is no user yet who could
sign in. It writes to the tables of the stage in `BATON_STAGE`, on AWS or on the engine at `BATON_DYNAMODB_ENDPOINT`,
through the same write path as a request: organisation, roles, user and audit row are one transaction.

The password is generated, printed once and not stored in plain text. An existing organisation is refused, because
otherwise anyone who can run this command could add an administrator to it.

Exit codes: 0 done, 1 refused and nothing changed, 2 wrong arguments or no store.
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

_DONE, _REFUSED, _CANNOT = 0, 1, 2
_OPTIONS = {"username": "--admin", "fullName": "--name", "email": "--email"}
_LONGEST_ID = 64
_LONGEST_NAME = 100


class BadName(ValueError):
    """The name of an organisation is not valid; the message gives the reason."""


@dataclass(frozen=True, slots=True)
class CreatedOrganisation:
    """The new organisation with its administrator."""

    org_id: str
    username: str
    password: str

    def report(self, stage: str) -> str:
        """Return what the operator has to know, with the password."""
        return "\n".join(
            [
                f"Created the organisation {self.org_id} (stage {stage}).",
                f"Administrator: {self.username}",
                f"Password, shown only once: {self.password}",
                "Sign in and change it.",
            ]
        )


def organisation_id(name: str) -> str:
    """Return the id of an organisation with this name: `acme-sons` for `Acme & Sons`. Raise `BadName`.

    Names that differ only in case, accents and punctuation have the same id, so only one of them can exist.
    """
    if not name.isprintable() or len(name) > _LONGEST_NAME:
        raise BadName(f"--org must be at most {_LONGEST_NAME} characters on one line")
    plain = normalize("NFKD", name).casefold().encode("ascii", "ignore").decode()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if not made:
        raise BadName("--org needs a letter from a to z or a digit for the organisation's id")
    return made[:_LONGEST_ID].strip("-")


def create(org: str, admin: Mapping[str, str]) -> CreatedOrganisation:
    """Create the organisation and its administrator (`username`, `fullName`, optionally `email`).

    Raise `BadName`, `OrganisationExists` or `NameTaken`; nothing is changed then.
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
    """Create an organisation; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.bootstrap", description="Create an organisation and its first user."
    )
    parser.add_argument("--org", required=True, metavar="NAME", help="the name of the organisation")
    parser.add_argument("--admin", required=True, metavar="USERNAME", help="the administrator's user name")
    parser.add_argument("--name", help="the administrator's full name (default: the user name)")
    parser.add_argument("--email", help="the administrator's e-mail address")
    given = parser.parse_args(arguments)
    startup.quiet_libraries()
    environment.for_commands()
    admin = {"username": given.admin, "fullName": given.name or given.admin}
    if given.email is not None:
        admin["email"] = given.email
    try:
        problems = _problems(given.org, admin)
        return _complain("; ".join(problems), _CANNOT) if problems else _carry_out(given.org, admin)
    except startup.StartFailed as error:
        return _complain(str(error), _CANNOT)


def _problems(org: str, admin: Mapping[str, str]) -> list[str]:
    """Return what is wrong with the arguments."""
    from chalicelib.edge.validation import validation_errors
    from chalicelib.identity.accounts.schemas import NewUser

    errors = validation_errors({**admin, "role": "-"}, NewUser)
    said = [f"{_OPTIONS[name]} {problem}" for name, problem in errors.items()]
    try:
        organisation_id(org)
    except BadName as error:
        said.insert(0, str(error))
    return said


def _carry_out(org: str, admin: Mapping[str, str]) -> int:
    from chalicelib.core.errors import Conflict
    from chalicelib.core.settings import SettingsError, settings

    try:
        stage = settings().stage
    except SettingsError as error:
        raise startup.StartFailed(str(error)) from error
    with _store_errors(stage):
        _prepare_engine()
        try:
            created = create(org, admin)
        except Conflict as error:
            return _complain(f"{error.message} Nothing was changed.", _REFUSED)
    print(created.report(stage))
    return _DONE


@contextmanager
def _store_errors(stage: str) -> Iterator[None]:
    """Turn the error of an unreachable store, or one without tables, into one line."""
    from botocore.exceptions import BotoCoreError, ClientError
    from pynamodb.exceptions import PynamoDBException

    from chalicelib.core.errors import Unavailable
    from infra.tables import TablesDisagree

    try:
        yield
    except TablesDisagree as error:
        raise startup.StartFailed(str(error)) from error
    except (BotoCoreError, ClientError, PynamoDBException, Unavailable) as error:
        reason = str(_root(error))
        if "ResourceNotFound" in reason:
            reason = f"stage {stage} has no tables; deploy it first, or name another in BATON_STAGE"
        raise startup.StartFailed(f"The store cannot be used: {reason}") from error


def _root(error: BaseException) -> BaseException:
    """Return the first cause of an error."""
    while (cause := getattr(error, "cause", None) or error.__cause__) is not None:
        error = cause
    return error


def _prepare_engine() -> None:
    """Create the tables on an engine that is not AWS; on AWS the deployment creates them."""
    from chalicelib.core import aws
    from chalicelib.core.settings import settings
    from infra.tables import create_missing

    if settings().dynamodb_endpoint:
        create_missing(aws.client("dynamodb", settings().dynamodb_endpoint))


def _complain(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())

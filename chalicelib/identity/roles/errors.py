"""The errors of roles."""

from typing import Self

from chalicelib.core.errors import Conflict


class LastRoleAdministrator(Conflict):
    """After the change no active user could manage roles, which no user could undo. `details` is empty."""

    code = "LAST_ROLE_ADMINISTRATOR"
    summary = "No other active user can manage roles. Grant that permission to another user first."


class RoleExists(Conflict):
    """The organisation has a role with this code, in upper or lower case. `details` is empty."""

    code, summary = "ROLE_EXISTS", "A role with this code already exists."


class RoleInUse(Conflict):
    """Users or API keys have the role; disabled users count too.

    `details.holders` is their number. It is omitted if the first of them got the role at the same moment.
    """

    code, summary = "ROLE_IN_USE", "Users or API keys have this role. Give them another role first."

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls(details={"holders": 3})


class TooManyRoles(Conflict):
    """The organisation has as many custom roles as it can have. `details.most` is that number."""

    code, summary = (
        "TOO_MANY_ROLES",
        "The organisation has as many custom roles as it can have. Delete one that is not used.",
    )

    @classmethod
    def example(cls) -> Self:
        """Return the error as the API description shows it."""
        return cls(details={"most": 80})


class DefaultRole(Conflict):
    """The role is one of those that every organisation has. `details` is empty."""

    code = "DEFAULT_ROLE"
    summary = "This role cannot be deleted, because every organisation has it. Take away its permissions instead."

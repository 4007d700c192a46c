"""The errors of roles."""

from chalicelib.core.errors import Conflict


class LastRoleAdministrator(Conflict):
    """After the change no active user could manage roles."""

    code = "LAST_ROLE_ADMINISTRATOR"
    summary = "No other active user can manage roles. Grant that permission to another user first."

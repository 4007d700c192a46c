"""The permissions of a user's own sessions and password."""

END_SESSION = "identity.session.end"
CHANGE_PASSWORD = "identity.password.change"  # noqa: S105 - the code of a permission

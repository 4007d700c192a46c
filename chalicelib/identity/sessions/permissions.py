"""The permissions of a user's own session and password."""

END_SESSION = "identity.session.end"
CHANGE_PASSWORD = "identity.password.change"  # noqa: S105 - the code of a permission

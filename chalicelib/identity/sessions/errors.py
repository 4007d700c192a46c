"""The errors of sessions."""

from chalicelib.core.errors import AuthInvalid


class RefreshTokenReused(AuthInvalid):
    """A spent refresh token was sent again. Its session has been ended."""

    summary = "This refresh token was used before. Sign in again."

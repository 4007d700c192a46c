"""The errors of sessions."""

from chalicelib.core.errors import AuthInvalid


class RefreshTokenReused(AuthInvalid):
    """An old refresh token was sent again, so its session has been ended. `details` is empty."""

    summary = "This refresh token was used before. Sign in again."

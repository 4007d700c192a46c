"""Requests and responses of sessions, in the forms of both kinds of clients, and of passwords."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import msgspec

from chalicelib.edge.types import SCAN

Identifier = Annotated[str, SCAN, msgspec.Meta(min_length=1, max_length=254)]
"""A login name as it was typed. It loses invisible characters at its ends; with one inside it is an unknown name."""
Password = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
Token = Annotated[str, msgspec.Meta(min_length=1, max_length=512)]


class ScannerLogin(msgspec.Struct, frozen=True):
    """The pick scanner's sign-in."""

    username: Identifier
    """The user name, e-mail address or phone number. Case does not matter."""
    password: Password
    """The password, or the one-time password that an administrator handed out."""


class ScannerTokens(msgspec.Struct, frozen=True):
    """The pick scanner's tokens, with the user's role and ids."""

    access_token: str
    """The access token (a JWT), to be sent as `Authorization: Bearer`."""
    refresh_token: str
    """The refresh token of the session; opaque. Keep it in place of the one that was sent."""
    expires_in: int
    """Seconds for which the access token is valid: by default 3600, or less where the session ends before that."""
    role: str
    """The code of the user's role, such as `picker`."""
    company_id: str
    """The id of the user's organisation."""
    user_id: str
    """The id of the user."""
    token: str
    """The access token again, under the name that older scanners read."""
    must_change_password: bool
    """True while the user has a one-time password. Until it is changed, everything but `GET /v1/me`, `POST
    /v1/me/password`, refresh and sign-out is 403 `PASSWORD_CHANGE_REQUIRED`."""


class ScannerRefresh(msgspec.Struct, frozen=True):
    """The pick scanner's refresh token."""

    refresh_token: Token
    """The newest refresh token of the session."""


class Login(msgspec.Struct, frozen=True):
    """A sign-in name under one of three field names, and the password."""

    password: Password
    """The password, or the one-time password that an administrator handed out."""
    identifier: Identifier | None = None
    """The user name, e-mail address or phone number. Case does not matter, nor do spaces in a phone number."""
    username: Identifier | None = None
    """Another name of `identifier`. One of the three is required."""
    email: Identifier | None = None
    """Another name of `identifier`. One of the three is required."""

    @property
    def name(self) -> str:
        """Return the name that was sent."""
        return self.identifier or self.username or self.email or ""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Require one of the three names."""
        if present.keys() & {"identifier", "username", "email"}:
            return {}
        return {"identifier": "is required"}


class IssuedTokens(msgspec.Struct, frozen=True, rename="camel"):
    """The tokens of a session, and the user."""

    access_token: str
    """The access token (a JWT), to be sent as `Authorization: Bearer`."""
    refresh_token: str
    """The refresh token of the session; opaque. Keep it in place of the one that was sent."""
    expires_in: int
    """Seconds for which the access token is valid: by default 3600, or less where the session ends before that."""
    user_id: str
    """The id of the user."""
    must_change_password: bool
    """True while the user has a one-time password. Until it is changed, everything but `GET /v1/me`, `POST
    /v1/me/password`, refresh and sign-out is 403 `PASSWORD_CHANGE_REQUIRED`."""


class Tokens(IssuedTokens, frozen=True, rename="camel"):
    """Tokens for both kinds of clients: at the top level and inside the console's envelope."""

    data: IssuedTokens
    """The same tokens in the console's envelope."""
    success: bool = True


class Refresh(msgspec.Struct, frozen=True, rename="camel"):
    """A refresh token."""

    refresh_token: Token
    """The newest refresh token of the session."""


class SignOut(msgspec.Struct, frozen=True, rename="camel"):
    """The refresh token whose session is to end; empty if none was sent."""

    refresh_token: str = ""


class SessionView(msgspec.Struct, frozen=True, rename="camel"):
    """A session of the caller."""

    id: str
    """The id of the session."""
    device: str | None
    """The `User-Agent` header of the sign-in or the last refresh, cut to 200 characters. Null if none was sent."""
    address: str | None
    """The IP address of the sign-in or the last refresh. Null if it is not known."""
    started_at: datetime
    """When the user signed in, UTC."""
    last_used_at: datetime
    """When the session was last refreshed, or began, UTC. Requests between two refreshes do not change it."""
    expires_at: datetime
    """When the session ends unless it is refreshed before, UTC. A refresh moves it, by default by 30 days and to 90
    days after the sign-in at most."""
    current: bool
    """Whether this request was sent in this session."""


class SessionList(msgspec.Struct, frozen=True):
    """The caller's sessions, the newest first."""

    data: list[SessionView]
    """The sessions that are valid now, at most 100."""
    success: bool = True


class ForgotPassword(msgspec.Struct, frozen=True):
    """The account whose password is to be reset, by user name, e-mail address or phone number."""

    identifier: Identifier
    """The user name, e-mail address or phone number of the account."""


class ResetPassword(msgspec.Struct, frozen=True, rename="camel"):
    """A reset token and the new password."""

    token: Token
    """The token from the reset message. It is valid once, by default for 30 minutes, and until a newer one is sent or
    the user's password, role, status, e-mail address or phone number changes."""
    new_password: Password
    """The new password: 10 to 128 characters, not a common one, and without the user name, a word of the full name or
    of the organisation's name."""


class ChangePassword(msgspec.Struct, frozen=True, rename="camel"):
    """The current password and the new one."""

    current_password: Password
    """The password that the user has now; it may be a one-time password."""
    new_password: Password
    """The new password: 10 to 128 characters, not a common one, not the current one, and without the user name, a word
    of the full name or of the organisation's name."""

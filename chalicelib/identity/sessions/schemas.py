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
    password: Password


class ScannerTokens(msgspec.Struct, frozen=True):
    """The pick scanner's tokens, with the user's role and ids. `token` is the access token."""

    access_token: str
    refresh_token: str
    expires_in: int
    role: str
    company_id: str
    user_id: str
    token: str
    must_change_password: bool


class ScannerRefresh(msgspec.Struct, frozen=True):
    """The pick scanner's refresh token."""

    refresh_token: Token


class Login(msgspec.Struct, frozen=True):
    """Sign in by `identifier` (user name, e-mail or phone); `username` and `email` mean the same."""

    password: Password
    identifier: Identifier | None = None
    username: Identifier | None = None
    email: Identifier | None = None

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
    """Tokens, the lifetime of the access token in seconds, and the user.

    With `mustChangePassword` only `GET /v1/me`, `POST /v1/me/password`, refresh and sign-out are allowed.
    """

    access_token: str
    refresh_token: str
    expires_in: int
    user_id: str
    must_change_password: bool


class Tokens(IssuedTokens, frozen=True, rename="camel"):
    """Tokens for both kinds of clients: at the top level and inside the console's envelope."""

    data: IssuedTokens
    success: bool = True


class Refresh(msgspec.Struct, frozen=True, rename="camel"):
    """A refresh token."""

    refresh_token: Token


class SignOut(msgspec.Struct, frozen=True, rename="camel"):
    """The refresh token whose session is to end; empty if none was sent."""

    refresh_token: str = ""


class SessionView(msgspec.Struct, frozen=True, rename="camel"):
    """A session of the caller.

    `device` and `address` are the user agent and the address of the sign-in or the last refresh, `lastUsedAt` is its
    time. `current` is the session of this request.
    """

    id: str
    device: str | None
    address: str | None
    started_at: datetime
    last_used_at: datetime
    expires_at: datetime
    current: bool


class SessionList(msgspec.Struct, frozen=True):
    """The caller's sessions, the newest first."""

    data: list[SessionView]
    success: bool = True


class ForgotPassword(msgspec.Struct, frozen=True):
    """The account whose password is to be reset, by user name, e-mail address or phone number."""

    identifier: Identifier


class ResetPassword(msgspec.Struct, frozen=True, rename="camel"):
    """A reset token and the new password."""

    token: Token
    new_password: Password


class NewPassword(msgspec.Struct, frozen=True, rename="camel"):
    """The current password and the new one."""

    current_password: Password
    new_password: Password

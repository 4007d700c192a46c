"""Requests and answers of signing in, in the forms of the clients that speak them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=254)]
Password = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
Token = Annotated[str, msgspec.Meta(min_length=1, max_length=512)]


class ScannerLogin(msgspec.Struct, frozen=True):
    """The pick scanner's sign-in."""

    username: Name
    password: Password


class ScannerTokens(msgspec.Struct, frozen=True):
    """The pick scanner's tokens, and what else its client reads."""

    access_token: str
    refresh_token: str
    expires_in: int
    role: str
    company_id: str
    user_id: str


class ScannerRefresh(msgspec.Struct, frozen=True):
    """The pick scanner's refresh token, to be spent or ended."""

    refresh_token: Token


class Login(msgspec.Struct, frozen=True):
    """Sign in by `identifier` (user name, e-mail or phone); `username` and `email` mean the same."""

    password: Password
    identifier: Name | None = None
    username: Name | None = None
    email: Name | None = None

    @property
    def name(self) -> str:
        """Whichever of the three was sent."""
        return self.identifier or self.username or self.email or ""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """One of the three names."""
        if present.keys() & {"identifier", "username", "email"}:
            return {}
        return {"identifier": "is required"}


class TokenTrio(msgspec.Struct, frozen=True, rename="camel"):
    """Tokens and the life of the access token in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


class Tokens(msgspec.Struct, frozen=True, rename="camel"):
    """Tokens for both kinds of client: at the top level, and inside the console's envelope."""

    access_token: str
    refresh_token: str
    expires_in: int
    data: TokenTrio
    success: bool = True


class Refresh(msgspec.Struct, frozen=True, rename="camel"):
    """A refresh token, to be spent or ended."""

    refresh_token: Token


class ForgotPassword(msgspec.Struct, frozen=True):
    """Whose password was forgotten: user name, e-mail or phone."""

    identifier: Name


class ResetPassword(msgspec.Struct, frozen=True, rename="camel"):
    """A reset token and the password that is wanted."""

    token: Token
    new_password: Password


class NewPassword(msgspec.Struct, frozen=True, rename="camel"):
    """The password that is, and the one that is wanted."""

    current_password: Password
    new_password: Password

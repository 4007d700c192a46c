"""Endpoints of sessions, in the pick scanner's form and in that of all other clients, and of passwords."""

from collections.abc import Callable
from typing import Any

from chalicelib.core.errors import AccountLocked, AuthExpired, AuthInvalid, RateLimited, ValidationFailed
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies, message_queue
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.http import error_body
from chalicelib.edge.request import Request, Response
from chalicelib.edge.routes import Routes
from chalicelib.identity.sessions import permissions, recovery, service, views
from chalicelib.identity.sessions.errors import RefreshTokenReused
from chalicelib.identity.sessions.login import login_user
from chalicelib.identity.sessions.schemas import (
    ForgotPassword,
    Login,
    NewPassword,
    Refresh,
    ResetPassword,
    ScannerLogin,
    ScannerRefresh,
    ScannerTokens,
    Tokens,
)

routes = Routes(__name__, "Identity")

_STARTED = AuditTarget("session", "SESSION_STARTED")
_REFRESHED = AuditTarget("session", "SESSION_REFRESHED")
_ENDED = AuditTarget("session", "SESSION_ENDED")


@routes.post(
    "/v1/auth/login",
    public=True,
    body=Login,
    returns=Tokens,
    view=views.tokens_view,
    errors=[AuthInvalid, AccountLocked, RateLimited],
    audit_target=_STARTED,
    examples={"request": {"username": ..., "email": ...}},
)
def login(request: Request[Login], work: UnitOfWork) -> service.SignedIn:
    """Sign in with user name, e-mail address or phone number, and password."""
    return login_user(work, request.body.name, request.body.password, request.client, refusals=dependencies().refusals)


@routes.post(
    "/v1/auth/refresh",
    public=True,
    body=Refresh,
    returns=Tokens,
    errors=[AuthInvalid, AuthExpired],
    audit_target=_REFRESHED,
)
def refresh(request: Request[Refresh], work: UnitOfWork) -> Response[Any]:
    """Exchange a refresh token for new tokens; reuse of a spent token ends the session."""
    return _refreshed(service.refresh_tokens(work, request.body.refresh_token, request.client), views.tokens_view)


@routes.post(
    "/v1/auth/logout",
    permission=permissions.END_SESSION,
    allows_one_time_password=True,
    body=Refresh,
    status=204,
    audit_target=_ENDED,
)
def logout(request: Request[Refresh], work: UnitOfWork) -> None:
    """Sign out: the session of this refresh token ends at once."""
    service.logout_user(work, request.body.refresh_token, request.actor)


@routes.post(
    "/auth/login",
    public=True,
    body=ScannerLogin,
    returns=ScannerTokens,
    view=views.scanner_tokens_view,
    errors=[AuthInvalid, AccountLocked, RateLimited],
    audit_target=_STARTED,
)
def scanner_login(request: Request[ScannerLogin], work: UnitOfWork) -> service.SignedIn:
    """Sign in, in the pick scanner's form."""
    return login_user(
        work, request.body.username, request.body.password, request.client, refusals=dependencies().refusals
    )


@routes.post(
    "/auth/refresh",
    public=True,
    body=ScannerRefresh,
    returns=ScannerTokens,
    errors=[AuthInvalid, AuthExpired],
    audit_target=_REFRESHED,
)
def scanner_refresh(request: Request[ScannerRefresh], work: UnitOfWork) -> Response[Any]:
    """Exchange a refresh token for new tokens, in the pick scanner's form."""
    refreshed = service.refresh_tokens(work, request.body.refresh_token, request.client)
    return _refreshed(refreshed, views.scanner_tokens_view)


@routes.post(
    "/auth/logout",
    permission=permissions.END_SESSION,
    allows_one_time_password=True,
    body=ScannerRefresh,
    status=204,
    audit_target=_ENDED,
)
def scanner_logout(request: Request[ScannerRefresh], work: UnitOfWork) -> None:
    """Sign out, in the pick scanner's form."""
    service.logout_user(work, request.body.refresh_token, request.actor)


@routes.post(
    "/v1/auth/forgot-password",
    public=True,
    body=ForgotPassword,
    status=204,
    errors=[RateLimited],
)
def forgot_password(request: Request[ForgotPassword], work: UnitOfWork) -> None:
    """Request a password reset token; the response is the same whether the account exists or not."""
    recovery.request_password_reset(work, request.body, request.client, message_queue())


@routes.post(
    "/v1/auth/reset-password",
    public=True,
    body=ResetPassword,
    status=204,
    errors=[AuthInvalid, RateLimited, ValidationFailed],
    audit_target=AuditTarget("user", "PASSWORD_RESET"),
)
def reset_password(request: Request[ResetPassword], work: UnitOfWork) -> None:
    """Set a new password with a reset token; all sessions of the user end."""
    recovery.reset_password(work, request.body, request.client)


@routes.post(
    "/v1/me/password",
    permission=permissions.CHANGE_PASSWORD,
    allows_one_time_password=True,
    body=NewPassword,
    status=204,
    errors=[AccountLocked, ValidationFailed],
    audit_target=AuditTarget("user", "PASSWORD_CHANGED"),
)
def change_password(request: Request[NewPassword], work: UnitOfWork) -> None:
    """Change the caller's password; all other sessions end."""
    recovery.change_password(work, request.body, request.actor)


def _refreshed(result: service.SignedIn | RefreshTokenReused, view: Callable[[service.SignedIn], Any]) -> Response[Any]:
    """Return the tokens, or the error of a reused token; an error that was raised would undo the end of the session."""
    if isinstance(result, RefreshTokenReused):
        return Response(error_body(result), result.status, headers=result.headers)
    return Response(view(result))

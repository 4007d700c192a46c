"""Endpoints of sessions, in the pick scanner's form and in that of all other clients, and of passwords."""

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.core.errors import AccountLocked, AuthExpired, AuthInvalid, MalformedJson, RateLimited, ValidationFailed
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies, message_queue
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.http import error_body
from chalicelib.edge.request import Empty, Request, Response
from chalicelib.edge.routes import Routes
from chalicelib.edge.validation import parse_json
from chalicelib.identity.sessions import permissions, queries, recovery, service, sign_out, views
from chalicelib.identity.sessions.errors import RefreshTokenReused
from chalicelib.identity.sessions.login import login_user
from chalicelib.identity.sessions.schemas import (
    ChangePassword,
    ForgotPassword,
    Login,
    Refresh,
    ResetPassword,
    ScannerLogin,
    ScannerRefresh,
    ScannerTokens,
    SessionList,
    SignOut,
    Tokens,
)
from chalicelib.identity.sessions.tables import Session, session_key

routes = Routes(__name__, "Identity")

_STARTED = AuditTarget("session", "SESSION_STARTED")
_REFRESHED = AuditTarget("session", "SESSION_REFRESHED")
_TOKEN_FIELDS = ("refreshToken", "refresh_token")


def _read_sign_out(raw: bytes) -> SignOut:
    """Return the refresh token in a body of either form; the rest of the body is ignored."""
    try:
        body = parse_json(raw)
    except MalformedJson:
        return SignOut()
    sent = [body.get(name) for name in _TOKEN_FIELDS] if isinstance(body, dict) else []
    return SignOut(next((token for token in sent if isinstance(token, str)), ""))


_SIGN_OUT: Mapping[str, Any] = {
    "public": True,
    "read_body": _read_sign_out,
    "any_query": True,
    "status": 204,
    "audit_target": AuditTarget("session", "SESSION_ENDED"),
}
_ACCESS_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJub29yIn0.c2lnbmF0dXJl"  # noqa: S105 - an example
_TOKENS = {"mustChangePassword": False, "data": {"mustChangePassword": False}}
_SCANNER_TOKENS = {"role": "picker", "token": _ACCESS_TOKEN, "must_change_password": False}
_SESSION = {
    "id": "019ceb1b-2248-7613-9fec-613fecdfecdf",
    "device": "Mozilla/5.0 (Linux; Android 15)",
    "address": "203.0.113.24",
    "startedAt": "2026-03-14T06:58:12Z",
    "lastUsedAt": "2026-03-14T09:26:53Z",
    "expiresAt": "2026-04-13T09:26:53Z",
    "current": True,
}
SESSION_RESOURCE = Resource(key=session_key, id_from=("user_id", "session_id"), in_scope=False)


@routes.post(
    "/v1/auth/login",
    public=True,
    body=Login,
    returns=Tokens,
    view=views.tokens_view,
    errors=[AuthInvalid, AccountLocked, RateLimited],
    audit_target=_STARTED,
    examples={"request": {"username": ..., "email": ...}, "response": _TOKENS},
)
def login(request: Request[Login], work: UnitOfWork) -> service.SignedIn:
    """Sign in with user name, e-mail address or phone number, and password.

    A session begins. By default five wrong passwords within 15 minutes lock the user's names for 15 minutes (423) for
    the network that they came from, twenty from any networks for everybody; a sign-in name may be tried 10 times a
    minute (429). An unknown name is answered like a known one with a wrong password.
    """
    return login_user(work, request.body.name, request.body.password, request.client, refusals=dependencies().refusals)


@routes.post(
    "/v1/auth/refresh",
    public=True,
    body=Refresh,
    returns=Tokens,
    errors=[AuthInvalid, AuthExpired],
    audit_target=_REFRESHED,
    examples={"response": _TOKENS},
)
def refresh(request: Request[Refresh], work: UnitOfWork) -> Response[Any]:
    """Exchange a refresh token for a new access token and refresh token.

    If the response is lost, send the same token again: the token before the newest one is answered with the newest, and
    so is the one before that for 30 seconds. An older token ends the session (401).
    """
    return _refreshed(service.refresh_tokens(work, request.body.refresh_token, request.client), views.tokens_view)


@routes.post("/v1/auth/logout", body=SignOut, documented_body=Refresh, **_SIGN_OUT)
def logout(request: Request[SignOut], work: UnitOfWork) -> None:
    """Sign out: end the session of the refresh token, and that of the bearer token if one is sent.

    The session's sockets are closed and its devices forgotten. After a courier's last session has ended, the courier is
    off duty. The response is 204 for any body, also if the token is unknown or its session has ended before.
    """
    sign_out.sign_out(work, request.body.refresh_token, request.client)


@routes.post(
    "/auth/login",
    public=True,
    body=ScannerLogin,
    returns=ScannerTokens,
    view=views.scanner_tokens_view,
    errors=[AuthInvalid, AccountLocked, RateLimited],
    audit_target=_STARTED,
    examples={"request": {"username": "picker1"}, "response": _SCANNER_TOKENS},
)
def scanner_login(request: Request[ScannerLogin], work: UnitOfWork) -> service.SignedIn:
    """Sign in, in the pick scanner's form.

    Limits and locks are those of `POST /v1/auth/login`; a session can be continued by either form.
    """
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
    examples={"response": _SCANNER_TOKENS},
)
def scanner_refresh(request: Request[ScannerRefresh], work: UnitOfWork) -> Response[Any]:
    """Exchange a refresh token for a new access token and refresh token, in the pick scanner's form.

    If the response is lost, send the same token again, as for `POST /v1/auth/refresh`.
    """
    refreshed = service.refresh_tokens(work, request.body.refresh_token, request.client)
    return _refreshed(refreshed, views.scanner_tokens_view)


@routes.post("/auth/logout", body=SignOut, documented_body=ScannerRefresh, **_SIGN_OUT)
def scanner_logout(request: Request[SignOut], work: UnitOfWork) -> None:
    """Sign out, in the pick scanner's form.

    It does the same as `POST /v1/auth/logout`.
    """
    sign_out.sign_out(work, request.body.refresh_token, request.client)


@routes.get(
    "/v1/me/sessions",
    permission=permissions.END_SESSION,
    returns=SessionList,
    view=views.sessions_view,
    examples={"response": {"data": [_SESSION]}},
)
def list_sessions(request: Request[Empty]) -> queries.OwnSessions:
    """List the caller's valid sessions, the newest first."""
    return queries.list_sessions(request.actor, dependencies().clock)


@routes.delete(
    "/v1/me/sessions/{session_id}",
    permission=permissions.END_SESSION,
    resource=SESSION_RESOURCE,
    status=204,
    audit_target=AuditTarget(Session.kind, "SESSION_ENDED", "session_id"),
)
def end_session(request: Request[Empty, Empty, Session], work: UnitOfWork) -> None:
    """End one of the caller's sessions.

    Its tokens are refused from the next request on, its sockets are closed, its devices get no more push notifications.
    The session of this request may be ended too.
    """
    sign_out.end_own_session(work, request.resource, request.actor)


@routes.delete(
    "/v1/me/sessions",
    permission=permissions.END_SESSION,
    status=204,
    audit_target=AuditTarget("user", "OTHER_SESSIONS_ENDED"),
)
def end_other_sessions(request: Request[Empty], work: UnitOfWork) -> None:
    """End all of the caller's sessions except the one of this request.

    Their tokens are refused from the next request on, and their sockets are closed.
    """
    sign_out.end_other_sessions(work, request.actor)


@routes.post(
    "/v1/auth/forgot-password",
    public=True,
    body=ForgotPassword,
    status=204,
    errors=[RateLimited],
)
def forgot_password(request: Request[ForgotPassword], work: UnitOfWork) -> None:
    """Send a reset token to the user with this sign-in name, by e-mail or SMS.

    The response is 204 whether the account exists or not. A user gets at most one message a minute and five an hour;
    each makes the token of the one before it invalid.
    """
    recovery.request_password_reset(work, request.body, request.client, message_queue())


@routes.post(
    "/v1/auth/reset-password",
    public=True,
    body=ResetPassword,
    status=204,
    errors=[AuthInvalid, RateLimited, ValidationFailed],
    examples={"request": {"token": "q3Zx8mT1rVn5bK0wYc7eLd2hUj9sPg4aFo6iXtRvBnM", "newPassword": "nine slow harbours"}},
    audit_target=AuditTarget("user", "PASSWORD_RESET"),
)
def reset_password(request: Request[ResetPassword], work: UnitOfWork) -> None:
    """Set a new password with a reset token.

    All sessions of the user end, and a lock of the sign-in too. A token that is unknown, used, replaced or expired is
    401.
    """
    recovery.reset_password(work, request.body, request.client)


@routes.post(
    "/v1/me/password",
    permission=permissions.CHANGE_PASSWORD,
    allows_one_time_password=True,
    body=ChangePassword,
    status=204,
    examples={"request": {"currentPassword": "seven quiet rivers", "newPassword": "nine slow harbours"}},
    errors=[AccountLocked, ValidationFailed],
    audit_target=AuditTarget("user", "PASSWORD_CHANGED"),
)
def change_password(request: Request[ChangePassword], work: UnitOfWork) -> None:
    """Change the caller's own password; all other sessions of the caller end.

    A wrong current password is 422 and counts: after five within 15 minutes this session cannot change the password for
    15 minutes (423). It is allowed with a one-time password that has not been changed yet.
    """
    recovery.change_password(work, request.body, request.actor)


def _refreshed(result: service.SignedIn | RefreshTokenReused, view: Callable[[service.SignedIn], Any]) -> Response[Any]:
    """Return the tokens, or the error of a reused token; an error that was raised would undo the end of the session."""
    if isinstance(result, RefreshTokenReused):
        return Response(error_body(result), result.status, headers=result.headers)
    return Response(view(result))

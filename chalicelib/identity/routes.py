"""Endpoints of signing in and out, in the pick scanner's form and in that of all others."""

from __future__ import annotations

from chalicelib.core.errors import AccountLocked, AuthExpired, AuthInvalid, BatonError, RateLimited
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.http import error_body
from chalicelib.edge.request import Empty, Request, Response, no_content
from chalicelib.edge.routes import Routes
from chalicelib.identity.schemas import Login, Refresh, ScannerLogin, ScannerRefresh, ScannerTokens, Tokens, TokenTrio
from chalicelib.identity.service import SignedIn, SignIn
from chalicelib.identity.tokens import signer

routes = Routes(__name__, "Identity")

_STARTED = AuditTarget("session", "SESSION_STARTED")
_REFRESHED = AuditTarget("session", "SESSION_REFRESHED")
_ENDED = AuditTarget("session", "SESSION_ENDED")


def _sign_in() -> SignIn:
    deps = dependencies()
    return SignIn(deps.settings, deps.clock, signer(deps.settings, deps.clock))


@routes.post(
    "/v1/auth/login",
    public=True,
    body=Login,
    returns=Tokens,
    errors=[AuthInvalid, AccountLocked, RateLimited],
    audit_target=_STARTED,
    examples={"request": {"username": ..., "email": ...}},
)
def login(request: Request[Login, Empty], work: UnitOfWork) -> Response[Tokens]:
    """Sign in with user name, e-mail or phone, and password."""
    signed_in = _sign_in().start(work, request.body.name, request.body.password, request.client)
    return Response(_tokens(signed_in))


@routes.post(
    "/v1/auth/refresh",
    public=True,
    body=Refresh,
    returns=Tokens,
    errors=[AuthInvalid, AuthExpired],
    audit_target=_REFRESHED,
)
def refresh(request: Request[Refresh, Empty], work: UnitOfWork) -> Response[object]:
    """Spend a refresh token for new tokens; reuse of a spent one ends the session."""
    answer = _sign_in().refresh(work, request.body.refresh_token, request.client.request_id)
    return _refused(answer) if isinstance(answer, BatonError) else Response(_tokens(answer))


@routes.post(
    "/v1/auth/logout",
    permission="identity.session.end",
    body=Refresh,
    status=204,
    audit_target=_ENDED,
    errors=[AuthInvalid],
)
def logout(request: Request[Refresh, Empty], work: UnitOfWork) -> Response[None]:
    """Sign out: the session of this refresh token ends at once."""
    _sign_in().end(work, request.body.refresh_token, request.actor)
    return no_content()


@routes.post(
    "/auth/login",
    public=True,
    body=ScannerLogin,
    returns=ScannerTokens,
    errors=[AuthInvalid, AccountLocked, RateLimited],
    audit_target=_STARTED,
)
def scanner_login(request: Request[ScannerLogin, Empty], work: UnitOfWork) -> Response[ScannerTokens]:
    """Sign in, in the pick scanner's form."""
    signed_in = _sign_in().start(work, request.body.username, request.body.password, request.client)
    return Response(_scanner_tokens(signed_in))


@routes.post(
    "/auth/refresh",
    public=True,
    body=ScannerRefresh,
    returns=ScannerTokens,
    errors=[AuthInvalid, AuthExpired],
    audit_target=_REFRESHED,
)
def scanner_refresh(request: Request[ScannerRefresh, Empty], work: UnitOfWork) -> Response[object]:
    """Spend a refresh token for new tokens, in the pick scanner's form."""
    answer = _sign_in().refresh(work, request.body.refresh_token, request.client.request_id)
    return _refused(answer) if isinstance(answer, BatonError) else Response(_scanner_tokens(answer))


@routes.post(
    "/auth/logout",
    permission="identity.session.end",
    body=ScannerRefresh,
    status=204,
    audit_target=_ENDED,
    errors=[AuthInvalid],
)
def scanner_logout(request: Request[ScannerRefresh, Empty], work: UnitOfWork) -> Response[None]:
    """Sign out, in the pick scanner's form."""
    _sign_in().end(work, request.body.refresh_token, request.actor)
    return no_content()


def _refused(error: BatonError) -> Response[object]:
    """An error as an answer, for where something has to be committed with it."""
    return Response(error_body(error), error.status, headers=error.headers)


def _tokens(signed_in: SignedIn) -> Tokens:
    trio = TokenTrio(signed_in.access_token, signed_in.refresh_token, signed_in.expires_in)
    return Tokens(trio.access_token, trio.refresh_token, trio.expires_in, data=trio)


def _scanner_tokens(signed_in: SignedIn) -> ScannerTokens:
    return ScannerTokens(
        access_token=signed_in.access_token,
        refresh_token=signed_in.refresh_token,
        expires_in=signed_in.expires_in,
        role=signed_in.user.role,
        company_id=signed_in.user.org_id,
        user_id=signed_in.user.user_id,
    )

"""Endpoints of passwords: forgotten, reset, changed."""

from __future__ import annotations

from chalicelib.core.errors import AccountLocked, AuthInvalid, RateLimited, ValidationFailed
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies, post
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Empty, Request, Response, no_content
from chalicelib.edge.routes import Routes
from chalicelib.identity.recovery import Recovery
from chalicelib.identity.schemas import ForgotPassword, NewPassword, ResetPassword

routes = Routes(__name__, "Identity")


def _recovery() -> Recovery:
    return Recovery(dependencies().settings, dependencies().clock)


@routes.post(
    "/v1/auth/forgot-password",
    public=True,
    body=ForgotPassword,
    status=204,
    errors=[RateLimited],
    audit_target=AuditTarget("user", "PASSWORD_RESET_REQUESTED"),
)
def forgot_password(request: Request[ForgotPassword, Empty], work: UnitOfWork) -> Response[None]:
    """Have a reset token sent; the answer is the same whether the account exists or not."""
    _recovery().forgot(work, request.body.identifier, request.client, post())
    return no_content()


@routes.post(
    "/v1/auth/reset-password",
    public=True,
    body=ResetPassword,
    status=204,
    errors=[AuthInvalid, RateLimited, ValidationFailed],
    audit_target=AuditTarget("user", "PASSWORD_RESET"),
)
def reset_password(request: Request[ResetPassword, Empty], work: UnitOfWork) -> Response[None]:
    """Choose a new password by a reset token; every session of the person ends."""
    _recovery().reset(work, request.body.token, request.body.new_password, request.client)
    return no_content()


@routes.post(
    "/v1/me/password",
    permission="identity.password.change",
    body=NewPassword,
    status=204,
    errors=[AccountLocked, ValidationFailed],
    audit_target=AuditTarget("user", "PASSWORD_CHANGED"),
)
def change_password(request: Request[NewPassword, Empty], work: UnitOfWork) -> Response[None]:
    """Change one's own password; every other session ends."""
    _recovery().change(work, request.actor, request.body.current_password, request.body.new_password)
    return no_content()

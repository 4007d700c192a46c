"""Tokens and sessions as clients read them; tokens in the forms of both kinds of clients."""

import msgspec

from chalicelib.identity.sessions.queries import OwnSessions
from chalicelib.identity.sessions.schemas import IssuedTokens, ScannerTokens, SessionList, SessionView, Tokens
from chalicelib.identity.sessions.service import SignedIn


def tokens_view(signed_in: SignedIn) -> Tokens:
    """Return tokens at the top level and inside the console's envelope."""
    user = signed_in.user
    issued = IssuedTokens(
        access_token=signed_in.access_token,
        refresh_token=signed_in.refresh_token,
        expires_in=signed_in.expires_in,
        user_id=user.user_id,
        must_change_password=user.one_time_password,
    )
    return Tokens(**msgspec.structs.asdict(issued), data=issued)


def scanner_tokens_view(signed_in: SignedIn) -> ScannerTokens:
    """Return tokens in the pick scanner's form."""
    return ScannerTokens(
        access_token=signed_in.access_token,
        refresh_token=signed_in.refresh_token,
        expires_in=signed_in.expires_in,
        role=signed_in.user.role,
        company_id=signed_in.user.org_id,
        user_id=signed_in.user.user_id,
        token=signed_in.access_token,
        must_change_password=signed_in.user.one_time_password,
    )


def sessions_view(own: OwnSessions) -> SessionList:
    """Return the caller's sessions."""
    views = [
        SessionView(
            id=session.session_id,
            device=session.user_agent,
            address=session.address,
            started_at=session.started_at,
            last_used_at=session.refreshed_at,
            expires_at=session.expires_at,
            current=session.session_id == own.current_id,
        )
        for session in own.sessions
    ]
    return SessionList(views)

"""Tokens as clients read them, in the forms of both kinds of clients."""

from chalicelib.identity.sessions.schemas import ScannerTokens, Tokens, TokenTrio
from chalicelib.identity.sessions.service import SignedIn


def tokens_view(signed_in: SignedIn) -> Tokens:
    """Return tokens at the top level and inside the console's envelope."""
    trio = TokenTrio(signed_in.access_token, signed_in.refresh_token, signed_in.expires_in)
    return Tokens(trio.access_token, trio.refresh_token, trio.expires_in, data=trio)


def scanner_tokens_view(signed_in: SignedIn) -> ScannerTokens:
    """Return tokens in the pick scanner's form."""
    return ScannerTokens(
        access_token=signed_in.access_token,
        refresh_token=signed_in.refresh_token,
        expires_in=signed_in.expires_in,
        role=signed_in.user.role,
        company_id=signed_in.user.org_id,
        user_id=signed_in.user.user_id,
    )

"""API keys as clients read them."""

from chalicelib.core.pagination import Page
from chalicelib.identity.apikeys.schemas import ApiKeyAnswer, ApiKeyList, ApiKeyMeta, ApiKeyView
from chalicelib.identity.apikeys.tables import ApiKey


def api_key_view(api_key: ApiKey, text: str) -> ApiKeyAnswer:
    """Return a new API key with its text."""
    return ApiKeyAnswer(_view(api_key, text))


def api_key_page_view(page: Page[ApiKey]) -> ApiKeyList:
    """Return a page of API keys."""
    return ApiKeyList([_view(api_key) for api_key in page.items], ApiKeyMeta(page.next_cursor))


def _view(api_key: ApiKey, text: str | None = None) -> ApiKeyView:
    return ApiKeyView(
        id=api_key.key_id,
        name=api_key.name,
        role=api_key.role,
        created_at=api_key.created_at,
        created_by=api_key.created_by,
        key=text,
    )

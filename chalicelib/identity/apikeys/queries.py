"""Reads of API keys."""

from chalicelib.core.actor import Actor
from chalicelib.core.pagination import CursorRequest, Page
from chalicelib.core.store import Query
from chalicelib.identity.apikeys import permissions
from chalicelib.identity.apikeys.tables import ApiKey, api_keys_key


def list_api_keys(actor: Actor, query: CursorRequest) -> Page[ApiKey]:
    """Return a page of the organisation's API keys. Raise `AccessDenied` if the caller's scope is narrower."""
    actor.require_reach(permissions.MANAGE)
    return Query(ApiKey, api_keys_key(actor.org_id)).page(query.limit, query.cursor)

"""The use cases of API keys: create and delete one.

A key stays valid if the user who created it is disabled: what machines do must not end with a person's employment. The
list shows who created which key.
"""

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.apikeys import permissions
from chalicelib.identity.apikeys.rules import KeyParts, permissions_of_key
from chalicelib.identity.apikeys.schemas import CreateApiKey
from chalicelib.identity.apikeys.tables import ApiKey, api_key_key
from chalicelib.identity.roles.administration import check_can_grant
from chalicelib.identity.roles.holders import add_holder, remove_holder
from chalicelib.identity.roles.tables import RolePermissions


class CreatedApiKey(msgspec.Struct, frozen=True):
    """A new API key, and its text, which is stored nowhere."""

    api_key: ApiKey
    text: str


def create_api_key(
    work: UnitOfWork, command: CreateApiKey, actor: Actor, *, role: RolePermissions | None
) -> CreatedApiKey:
    """Create an API key; `role` is the item that the command names.

    Raise `ValidationFailed` if there is no such role, `AccessDenied` if it has permissions that the caller does not
    hold.
    """
    actor.require_reach(permissions.MANAGE)
    if role is None:
        raise ValidationFailed({"role": "is not a role of this organisation"})
    check_can_grant(actor, permissions_of_key(role.permissions))
    parts = KeyParts(actor.org_id, work.ids.new(), role.code, work.ids.token())
    api_key = api_key_key(actor.org_id, parts.key_id).new(
        org_id=actor.org_id,
        key_id=parts.key_id,
        name=command.name,
        role=role.code,
        key_hash=parts.hash,
        created_at=work.now,
        created_by=actor.user_id,
    )
    work.audit(ApiKey.kind, parts.key_id, "API_KEY_CREATED")
    work.create(api_key)
    add_holder(work, actor.org_id, role.code)
    return CreatedApiKey(api_key, parts.text)


def delete_api_key(work: UnitOfWork, api_key: ApiKey) -> None:
    """Delete an API key: the next request with it is refused."""
    work.delete(api_key)
    remove_holder(work, api_key.org_id, api_key.role)

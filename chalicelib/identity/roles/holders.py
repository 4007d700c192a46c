"""The number of holders of a custom role, changed in the transaction that gives or takes the role.

So a role cannot be deleted while a user or an API key has it, nor at the moment in which one is given it. Disabled
users count too.
"""

from chalicelib.core.errors import Unavailable, ValidationFailed
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.roles.default_permissions import ROLES
from chalicelib.identity.roles.tables import RoleHolders, role_holders_key


def add_holder(work: UnitOfWork, org_id: str, code: str) -> None:
    """Stage one more holder of a role. The commit fails with `ValidationFailed` if the role was deleted meanwhile."""
    if code not in ROLES:
        gone = ValidationFailed({"role": "is not a role of this organisation"})
        actions = [RoleHolders.holders.add(1)]
        exists = RoleHolders.holders.exists()
        key = role_holders_key(org_id, code)
        work.update_unread(key, condition=exists, on_conflict=gone, actions=actions, final=True, audited=False)


def remove_holder(work: UnitOfWork, org_id: str, code: str) -> None:
    """Stage one holder of a role less."""
    if code not in ROLES:
        actions = [RoleHolders.holders.add(-1)]
        positive = RoleHolders.holders > 0
        key = role_holders_key(org_id, code)
        work.update_unread(key, condition=positive, on_conflict=Unavailable(), actions=actions, audited=False)

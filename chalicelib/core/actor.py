"""Who performs a change: a signed-in person or an API key with its permissions, or a part of the system.

Requests, socket messages, sweeps and imports all pass an `Actor` to the use cases, so permissions and scopes are
evaluated in one place and the audit trail names everybody in the same way.
"""

from collections.abc import Collection, Mapping, Sequence

import msgspec

from chalicelib.core.errors import AccessDenied, PasswordChangeRequired

MACHINE = "key:"
"""What the ids of API keys as actors begin with."""


class Client(msgspec.Struct, frozen=True):
    """From where a request was sent, for the audit trail."""

    address: str
    user_agent: str


class Actor(msgspec.Struct, frozen=True):
    """The person, the API key (`key:...`) or the part of the system (such as `system:sweep`) that performs a change.

    `permissions` is `{code: scope}` of the role as stored at this moment; a part of the system has none. `client` is
    known for requests that are audited.
    """

    org_id: str
    user_id: str
    request_id: str = ""
    role: str = ""
    session_id: str = ""
    permissions: Mapping[str, str] = msgspec.field(default_factory=dict)
    username: str = ""
    full_name: str = ""
    phone: str | None = None
    profile_picture: str | None = None
    game_zone: str | None = None
    email: str | None = None
    team: str | None = None
    reports_to: str | None = None
    skills: Sequence[str] = ()
    client: Client | None = None
    must_change_password: bool = False
    """Whether the person has a one-time password, which has to be changed before anything else."""
    session_epoch: int = 0
    """The person's `session_epoch` when the request was authenticated."""

    @property
    def is_machine(self) -> bool:
        """Return whether this is an API key."""
        return self.user_id.startswith(MACHINE)

    def scope(self, permission: str) -> str | None:
        """Return `own`, `zone` or `org` if the actor holds the permission, else None."""
        return self.permissions.get(permission)

    def require(self, permission: str) -> str:
        """Return the scope of a permission. Raise `AccessDenied` if the actor does not hold it."""
        scope = self.scope(permission)
        if scope is None:
            raise AccessDenied(details={"permission": permission})
        return scope

    def require_own_password(self) -> None:
        """Raise `PasswordChangeRequired` if the actor still has a one-time password."""
        if self.must_change_password:
            raise PasswordChangeRequired

    def reaches(self, permission: str, *, owners: Collection[str | None] = (), zone: str | None = None) -> bool:
        """Return whether the scope of a permission covers an entity.

        `owners` are the user ids that "own" refers to; `zone` is the entity's game zone. `org` covers every entity of
        the organisation, `zone` those of the actor's zone and their own, `own` only their own.
        """
        scope = self.scope(permission)
        if scope == "org":
            return True
        if scope == "zone" and zone is not None and zone == self.game_zone:
            return True
        return scope in ("own", "zone") and self.user_id in owners

    def require_reach(
        self, permission: str, *, owners: Collection[str | None] = (), zone: str | None = None, message: str = ""
    ) -> None:
        """Raise `AccessDenied` (with `message` if given) unless `reaches` is true."""
        if not self.reaches(permission, owners=owners, zone=zone):
            raise AccessDenied(message or None, details={"permission": permission})

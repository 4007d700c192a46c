"""The checks of a request against its declaration and against the store: 428, 404, 403, 409.

The pipeline makes them for every endpoint in one order, so a use case receives only what passed: the resource exists in
the caller's organisation, the caller's scope covers it, its version is the expected one, and its state allows the step.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from chalicelib.core.actor import Actor
from chalicelib.core.errors import AccessDenied, NotFound, PreconditionRequired, VersionConflict
from chalicelib.core.state_machine import TransitionCheck
from chalicelib.core.store import ItemKey, ReadResult
from chalicelib.core.table import expired, parts_of
from chalicelib.core.transitions import refused_transition
from chalicelib.edge.endpoint import Endpoint, Resource
from chalicelib.edge.request import Request

MAX_ID_BYTES = 255
"""The store counts keys in bytes: 1,024 for a sort key, in which separators are escaped by three."""

ReadId = Callable[[str], str | None]


def item_keys(endpoint: Endpoint, org_id: str, read_id: ReadId, command: object) -> dict[str, ItemKey[Any]]:
    """Return the keys of the declared items, by name; an item whose ids the request does not name has none.

    Those that the endpoint's `reads` makes from a valid body, or from the query of a read, have numbers as names.
    """
    made = () if endpoint.reads is None or command is None else endpoint.reads(org_id, command)
    keys = {str(number): item_key for number, item_key in enumerate(made)}
    for name, resource in endpoint.items.items():
        ids = [read_id(source) for source in resource.id_from]
        if all(ids) and (item_key := resource.key(org_id, *ids)) is not None:
            keys[name] = item_key
    return keys


def check_items(
    request: Request[Any, Any, Any], endpoint: Endpoint, found: ReadResult, keys: dict[str, Any], now: datetime
) -> None:
    """Put the declared items into the request, each checked. Raise `NotFound`, `AccessDenied` or `Conflict`."""
    items = {}
    for name, resource in endpoint.items.items():
        item = found.get(keys[name]) if name in keys else None
        if item is not None and not _exists(resource, item, request.actor, now):
            item = None
        if item is None and resource.required:
            raise not_found(resource, keys.get(name))
        items[name] = item
    request.resource = items.pop("", None)
    request.related = items
    request.found = found
    _check_scope(request, endpoint)
    if request.resource is not None:
        _check_state(request, endpoint)


def _exists(resource: Resource[Any], item: Any, actor: Actor, now: datetime) -> bool:
    """Return whether a stored item exists for the caller: in their organisation, and not expired."""
    in_organisation = resource.org_id is None or resource.org_id(item) == actor.org_id
    return in_organisation and not expired(getattr(item, "expires_at", None), now)


def check_precondition(endpoint: Endpoint, header: str | None) -> None:
    """Raise `PreconditionRequired` if the endpoint requires `If-Match` and the request has none."""
    if endpoint.if_match == "required" and header is None:
        raise PreconditionRequired


def check_own_fields(own_fields: Iterable[str], body: object, actor: Actor) -> None:
    """Raise `AccessDenied` if a field that must hold the caller's own id holds another."""
    for name in own_fields:
        value = getattr(body, name, None)
        if value is not None and value != actor.user_id:
            raise AccessDenied(f"{name} must be your own user id.", details={"field": name})


def check_path(path: Mapping[str, str]) -> None:
    """Raise `NotFound` for a path parameter that is too long to be part of a key."""
    if any(len(value.encode()) > MAX_ID_BYTES for value in path.values()):
        raise NotFound


def not_found(resource: Resource[Any], key: ItemKey[Any] | None) -> NotFound:
    """Return the error of a resource that does not exist."""
    name = resource.name if key is None else _label(resource, key.model.kind)
    details = {} if key is None else id_details(resource, parts_of(key.pk)[-1])
    return resource.not_found(f"{name[:1].upper()}{name[1:]} not found." if name else None, details=details)


def _label(resource: Resource[Any], kind: str) -> str:
    """Return what messages call an item, such as `work order`."""
    return resource.name or kind.replace("_", " ")


def id_details(resource: Resource[Any], item_id: str) -> dict[str, object]:
    """Return the details of an error that name the item, if the resource says how."""
    return {} if resource.id_name is None else {resource.id_name: item_id}


def _check_scope(request: Request[Any, Any, Any], endpoint: Endpoint) -> None:
    """Raise `AccessDenied` unless the scope of the caller's permission covers the resource."""
    resource, item, permission = endpoint.resource, request.resource, endpoint.permission
    if resource is None or not resource.in_scope or permission is None or item is None:
        return
    actor = request.actor
    find_owners = endpoint.owners or resource.owners
    owners = () if find_owners is None else find_owners(item, actor)
    zone = None if resource.zone is None else resource.zone(item)
    is_owner = actor.user_id in owners
    if (endpoint.owners_only and not is_owner) or not actor.reaches(permission, owners=owners, zone=zone):
        message = f"This {_label(resource, item.kind)} is outside the scope of your permission."
        more = {} if endpoint.scope_details is None else endpoint.scope_details(item, actor)
        raise AccessDenied(message, details={"permission": permission, **more})


def _check_state(request: Request[Any, Any, Any], endpoint: Endpoint) -> None:
    """Check `If-Match`, then the transition; a step that was already made is repeated whatever version is named."""
    resource, item = endpoint.resource, request.resource
    machine = None if resource is None or endpoint.transition is None else resource.states
    check = TransitionCheck.ALLOWED
    if resource is not None and machine is not None and endpoint.transition is not None:
        check = machine.check(resource.state(item), endpoint.transition)
    made_before = endpoint.repeated is not None and endpoint.repeated(item, request.actor)
    request.is_repeated = made_before or check is TransitionCheck.REPEATED
    if request.is_repeated:
        return
    if request.if_match is not None and endpoint.takes_if_match:
        versioned = item if endpoint.version_of is None else request.related[endpoint.version_of]
        if request.if_match != versioned.version:
            raise VersionConflict(details={"version": versioned.version})
    if check is not TransitionCheck.ALLOWED and machine is not None and resource is not None:
        details = id_details(resource, item.entity_id)
        raise refused_transition(machine, resource.state(item), str(endpoint.transition), check, details=details)

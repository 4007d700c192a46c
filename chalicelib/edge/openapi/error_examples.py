"""Examples of errors as an operation gives them: with its permission, its fields, its states and its limits.

They are made by the code that makes the errors of requests. Errors of use cases give their own examples
(`BatonError.example`).
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import msgspec

from chalicelib.core import errors
from chalicelib.core.errors import BatonError, NotFound, ValidationFailed
from chalicelib.core.state_machine import StateMachine, TransitionCheck
from chalicelib.core.transitions import refused_transition
from chalicelib.edge.checks import id_details, not_found
from chalicelib.edge.endpoint import Endpoint
from chalicelib.edge.forms import decode_form
from chalicelib.edge.idempotency import read_key
from chalicelib.edge.request import Empty
from chalicelib.edge.validation import decode_body, decode_query, unknown_parameters

_ID = "019ceb1b-2248-7c1a-9d3f-2a8c5e41b7d0"
_WRONG_VALUES = (b"[]", b"{}", b"-1", b'""')
_WRONG_TEXTS = ("", "-1", "null")


def example(endpoint: Endpoint, error: type[BatonError]) -> BatonError:
    """Return an error as a call of the endpoint can end with it."""
    make = _MAKERS.get(error)
    made = make(endpoint) if make is not None else _missing(endpoint, error) if issubclass(error, NotFound) else None
    return made or error.example()


def _denied(endpoint: Endpoint) -> BatonError | None:
    permission = endpoint.permission
    return errors.AccessDenied(details={"permission": permission}) if permission else None


def _too_large(endpoint: Endpoint) -> BatonError | None:
    limit = endpoint.max_body_bytes
    return errors.PayloadTooLarge(details=dict(endpoint.too_large or {"most": limit})) if limit else None


def _missing(endpoint: Endpoint, error: type[NotFound]) -> BatonError | None:
    for resource in endpoint.items.values():
        if resource.required and resource.not_found is error:
            return not_found(resource, resource.key("demo", *(_ID for _ in resource.id_from)))
    return None


def _conflict(endpoint: Endpoint) -> BatonError | None:
    return _refused(endpoint, TransitionCheck.NOT_ALLOWED)


def _locked(endpoint: Endpoint) -> BatonError | None:
    return _refused(endpoint, TransitionCheck.LOCKED)


def _refused(endpoint: Endpoint, check: TransitionCheck) -> BatonError | None:
    resource, action = endpoint.resource, endpoint.transition
    if resource is None or resource.states is None or action is None:
        return None
    machine = resource.states
    refusing = [state for state in _states(machine) if machine.check(state, action) is check]
    details = id_details(resource, _ID)
    return refused_transition(machine, refusing[-1], action, check, details=details) if refusing else None


def _states(machine: StateMachine[Any]) -> list[str]:
    """Return all states: those that a step begins in, and those that it leads to."""
    begins = [state for state, _ in machine.transitions]
    ends = [target for target in machine.transitions.values() if isinstance(target, str)]
    return list(dict.fromkeys([*machine.states, *begins, *ends, *machine.locked]))


def _invalid(endpoint: Endpoint) -> BatonError | None:
    for attempt in _attempts(endpoint):
        try:
            attempt()
        except ValidationFailed as error:
            return error
    unknown = {} if endpoint.any_query else unknown_parameters({"color": ["red"]}, endpoint.query)
    return ValidationFailed(unknown) if unknown else None


def _attempts(endpoint: Endpoint) -> Iterator[Callable[[], object]]:
    """Yield requests that are invalid at most endpoints, beginning with an empty one."""
    body, query = endpoint.described_body, endpoint.query
    if endpoint.form:
        yield partial(decode_form, (), body)
    elif endpoint.takes_body:
        bodies = [b'{"%s":%s}' % (name.encode(), value) for name in _fields(body) for value in _WRONG_VALUES]
        yield from (partial(decode_body, raw, body) for raw in (b"{}", *bodies))
    if query is not Empty:
        queries: list[dict[str, list[str]]] = [{name: [text]} for name in _fields(query) for text in _WRONG_TEXTS]
        yield from (partial(decode_query, parameters, query) for parameters in ({}, *queries))
    if endpoint.mutates and not endpoint.public:
        yield partial(read_key, "")


def _fields(kind: Any) -> tuple[str, ...]:
    return tuple(field.encode_name for field in msgspec.structs.fields(kind))


_MAKERS: Mapping[type[BatonError], Callable[[Endpoint], BatonError | None]] = {
    errors.AccessDenied: _denied,
    errors.Conflict: _conflict,
    errors.EntityLocked: _locked,
    errors.PayloadTooLarge: _too_large,
    errors.ValidationFailed: _invalid,
}

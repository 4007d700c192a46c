"""The texts of the API description that belong to no single endpoint: what the API has in common, and its tags."""

from collections.abc import Mapping

ABOUT = """\
Baton is a backend for frontline work: deliveries, picking, packing, maintenance and battery assembly.

**Authentication.** Sign in, then send the access token as `Authorization: Bearer`. It is valid for `expiresIn` seconds;
`POST /v1/auth/refresh` returns the next one. A machine sends its API key in the same header instead. Each organisation
can change the permissions of its roles; the roles listed at the operations are those of a new organisation.

**Errors.** Every error has the same body, `ErrorBody`, and a `code` for programs. An unknown path is 404
`ROUTE_NOT_FOUND`, a method that a path does not support 405 `METHOD_NOT_ALLOWED`. After a 429 or 503 nothing was
changed: send the request again after the seconds in `Retry-After`.

**Validation.** Every invalid field is listed in `fields`. Unknown query parameters are invalid, except names that start
with `_`. Control and format characters are removed at both ends of names and codes.

**Absent and null.** A field that has no value is absent from most responses; where it is null instead, its type says
so. In requests, null counts as absent unless the field's description says otherwise. Ignore fields that you do not
know: new ones may be added.

**Times.** Times are ISO 8601 with an offset, in UTC in responses. A time in a request needs an offset too, unless its
description says otherwise.

**Organisation.** It comes from the token. A body may also name it, as `company_id`, `org_id` or `organization`; another
one than the caller's is 403 `ACCESS_DENIED`.

**Retries.** Any authenticated request that changes data may have an `Idempotency-Key`. For 24 hours the same request
with the same key gets the same response and changes nothing more. Errors are not kept: the same key may be used again.

**Versions.** Entities that people edit have a `version`, also sent as `ETag`. Send it back as `If-Match` so that you do
not overwrite a change of another person.

**Polling.** Every other response to a read has a weak `ETag` over its body. Send it back as `If-None-Match`: while the
body is the same, the answer is 304 without one.

**Lists.** A list returns `next_cursor` or `nextCursor` while there is more: send it as `cursor`. The lists of the
battery console and of users have numbered pages instead (`page`, `pageSize`).

**Sockets.** Events are sent on WebSockets, which `/v1/asyncapi.json` describes. For generators that do not read OpenAPI
3.1, `/v1/openapi-3.0.json` has the same API as OpenAPI 3.0.
"""

TAGS: Mapping[str, str] = {
    "System": "The health of the service, and its descriptions for programs.",
    "Identity": "Sign in, refresh the session, sign out, and recover a password.",
    "Me": "Your own account: profile, permissions, password, sessions and devices.",
    "People and roles": "Users, roles with their permissions, and API keys for machines.",
    "Audit": "The trail of all changes: who changed what, and when.",
    "Sockets": "Tickets that open a WebSocket without a token in its address.",
    "Notifications": "Your own notifications, and whether you have read them.",
    "Overview": "What runs today in each domain, in numbers by state and by hour.",
    "Courier dispatch": "Deliveries, from the order to the receiver: orders, couriers and the offers between them.",
    "Maintenance": "Work orders, from a finding on a checklist to the repair, with photos; schedules that make them.",
    "Packing scanner": "Packing shipments into boxes with a scanner, up to their labels.",
    "Pick scanner": "Picking with a scanner: assignments, the scanner's screen, and the events that it records.",
    "Battery console": "Battery assembly: SKUs, batches, modules and packs, up to the disposition of each pack.",
    "Traceability": "The history of a serial number, as EPCIS too, and recalls by cell lot.",
}
"""What the endpoints under a tag are for, in the order of the description."""

"""Conditional reads: the `ETag` of a response, and whether `If-None-Match` names it (RFC 9110, section 13.1.2).

An entity has its version as `ETag`, which changes send back as `If-Match`. All else has a weak tag over the body. The
bodies of most entities depend on more than their version: photos, other people's names, the present moment. There a
matching version does not mean that the body is the same, and the response is sent in full.
"""

import re
from hashlib import blake2b
from http import HTTPStatus

from chalicelib.edge.idempotency import StoredResponse

_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_ANY = "*"
_DIGEST_BYTES = 12


def conditional(
    response: StoredResponse, if_none_match: str | None, *, version_covers_body: bool = False
) -> StoredResponse:
    """Return the response to a read with its `ETag`, or a 304 if the client has the body already."""
    if response.status != HTTPStatus.OK or not response.body:
        return response
    version = response.headers.get("ETag")
    if version is not None and not version_covers_body:
        return response
    tag = version or body_tag(response.body)
    tagged = StoredResponse(response.status, response.body, {**response.headers, "ETag": tag})
    return _not_modified(tagged) if if_none_match is not None and names(if_none_match, tag) else tagged


def body_tag(body: str) -> str:
    """Return the weak tag of a body."""
    return f'W/"{blake2b(body.encode(), digest_size=_DIGEST_BYTES).hexdigest()}"'


def names(if_none_match: str, tag: str) -> bool:
    """Return whether a list of tags has this one, weak or not, or is `*`; what is not a tag is ignored."""
    return if_none_match.strip() == _ANY or _opaque(tag) in _TAG.findall(if_none_match)


def _opaque(tag: str) -> str:
    return tag.removeprefix("W/").strip('"')


def _not_modified(response: StoredResponse) -> StoredResponse:
    headers = {name: value for name, value in response.headers.items() if name != "Content-Type"}
    return StoredResponse(HTTPStatus.NOT_MODIFIED, "", headers)

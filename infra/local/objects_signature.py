"""Who may do what with the embedded S3: signatures of version 4, worked out again by botocore's own signers.

Three kinds reach a bucket: calls of the app (in the `Authorization` header), presigned addresses (in the query), and
forms with a signed policy. Each has to be signed with the key of this process, name its own time, and be in time; a
form has to be what its policy allows.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from botocore.auth import S3SigV4Auth, S3SigV4PostAuth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SIGNATURE = "X-Amz-Signature"
UNSIGNED = "UNSIGNED-PAYLOAD"
_SKEW = timedelta(minutes=15)
_LONGEST = 7 * 86400
_SCOPE = re.compile(r"(?P<key>[^/]+)/(?P<day>\d{8})/(?P<region>[^/]+)/s3/aws4_request")
_HEADER = re.compile(r"AWS4-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})")
_UNCHECKED = frozenset({"x-amz-signature", "policy", "file"})


class Refused(Exception):
    """The request may not do this: S3's own code, and a sentence."""

    def __init__(self, code: str, message: str, status: int = 403) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


class Signatures:
    """Checks requests against the credentials of this process. `now` tells the time."""

    def __init__(self, credentials: Callable[[], Credentials], now: Callable[[], datetime]) -> None:
        self._credentials = credentials
        self.now = now

    def check(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """A call or a presigned address; names of headers in lower case. Raises `Refused`."""
        query = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
        if SIGNATURE in query:
            self._check_query(method, url, headers, query)
        else:
            self._check_header(method, url, headers, body)

    def check_form(self, fields: Mapping[str, str], bucket: str, size: int) -> None:
        """A form for a bucket with a file of so many bytes. Raises `Refused`."""
        policy = fields.get("policy", "")
        auth, moment = self._signer(S3SigV4PostAuth, fields.get("x-amz-credential", ""), fields.get("x-amz-date", ""))
        request = _request("POST", "", {}, moment)
        _same(auth.signature(policy, request), fields.get("x-amz-signature", ""))
        try:
            known = json.loads(base64.b64decode(policy, validate=True))
            ends = datetime.fromisoformat(known["expiration"])
            conditions = known["conditions"]
        except (binascii.Error, ValueError, KeyError, TypeError) as error:
            raise Refused("InvalidPolicyDocument", "The policy cannot be read", 400) from error
        if self.now() > ends:
            raise Refused("AccessDenied", "Invalid according to Policy: Policy expired.")
        _check_conditions(conditions, {**fields, "bucket": bucket}, size)

    def _check_query(self, method: str, url: str, headers: Mapping[str, str], query: Mapping[str, str]) -> None:
        auth, moment = self._signer(S3SigV4QueryAuth, query.get("X-Amz-Credential", ""), query.get("X-Amz-Date", ""))
        expires = query.get("X-Amz-Expires", "")
        if not expires.isascii() or not expires.isdigit() or not 0 < int(expires) <= _LONGEST:
            raise Refused("AuthorizationQueryParametersError", "X-Amz-Expires is no good", 400)
        self._check_time(_time(moment), timedelta(seconds=int(expires)))
        parts = urlsplit(url)
        unsigned = "&".join(one for one in parts.query.split("&") if not one.startswith(f"{SIGNATURE}="))
        signed = _signed(headers, query.get("X-Amz-SignedHeaders", ""))
        request = _request(method, urlunsplit(parts._replace(query=unsigned)), signed, moment)
        _same(auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request), query[SIGNATURE])

    def _check_header(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> None:
        found = _HEADER.fullmatch(headers.get("authorization", ""))
        if found is None:
            raise Refused("AccessDenied", "Access Denied")
        auth, moment = self._signer(S3SigV4Auth, found[1], headers.get("x-amz-date", ""))
        self._check_time(_time(moment), _SKEW)
        told = headers.get("x-amz-content-sha256", "")
        if told not in (UNSIGNED, hashlib.sha256(body).hexdigest()):
            raise Refused("XAmzContentSHA256Mismatch", "The body is not the one that was signed", 400)
        request = _request(method, url, _signed(headers, found[2]), moment)
        _same(auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request), found[3])

    def _signer(self, kind: type[SigV4Auth], credential: str, moment: str) -> tuple[Any, str]:
        """A signer for what the request names, if that is our own key, and the time that it names."""
        scope, own = _SCOPE.fullmatch(credential), self._credentials()
        if scope is None or not hmac.compare_digest(scope["key"].encode(), own.access_key.encode()):
            raise Refused("InvalidAccessKeyId", "The access key does not exist in our records")
        if not moment.startswith(scope["day"]):
            raise Refused("AccessDenied", "The date is not the one of the credential")
        return kind(own, "s3", scope["region"]), moment

    def _check_time(self, begins: datetime, lasts: timedelta) -> None:
        if not begins - _SKEW <= self.now() <= begins + lasts:
            raise Refused("AccessDenied", "Request has expired")


def _request(method: str, url: str, headers: Mapping[str, str], moment: str) -> AWSRequest:
    request = AWSRequest(method, url, dict(headers))
    request.context["timestamp"] = moment
    return request


def _signed(headers: Mapping[str, str], names: str) -> dict[str, str]:
    """The headers that are signed; the host always has to be among them."""
    listed = names.split(";")
    if "host" not in listed or any(name != "host" and name not in headers for name in listed):
        raise Refused("AccessDenied", "Headers that are signed are missing")
    return {name: headers[name] for name in listed if name in headers}


def _time(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise Refused("AccessDenied", "The date cannot be read") from error


def _same(expected: str, given: str) -> None:
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise Refused("SignatureDoesNotMatch", "The signature is not the one that belongs to this request")


def _check_conditions(conditions: list[Any], fields: Mapping[str, str], size: int) -> None:
    """That all conditions hold and that no field is there without one."""
    allowed = {_check_condition(condition, fields, size) for condition in conditions}
    extra = {name for name in fields if name not in allowed | _UNCHECKED and not name.startswith("x-ignore-")}
    if extra:
        raise Refused("AccessDenied", f"Invalid according to Policy: Extra input fields: {min(extra)}")


def _check_condition(condition: Any, fields: Mapping[str, str], size: int) -> str:
    """Hold one condition against the form; the field that it speaks of."""
    match condition:
        case ["content-length-range", int(least), int(most)]:
            if not least <= size <= most:
                raise Refused("EntityTooLarge" if size > most else "EntityTooSmall", "The file has another size", 400)
            return "file"
        case dict():
            [(name, value)] = condition.items()
            holds = fields.get(name) == value
        case ["eq", str(name), value]:
            holds = fields.get(name.removeprefix("$")) == value
        case ["starts-with", str(name), str(value)]:
            holds = fields.get(name.removeprefix("$"), "").startswith(value)
        case _:
            raise Refused("InvalidPolicyDocument", "A condition cannot be read", 400)
    if not holds:
        raise Refused("AccessDenied", f"Invalid according to Policy: Policy Condition failed: {condition}")
    return str(name).removeprefix("$")

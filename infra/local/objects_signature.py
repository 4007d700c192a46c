"""Verifies the requests of the embedded S3: Signature Version 4, recomputed by botocore's signers.

There are three kinds: calls of the app (signature in the `Authorization` header), presigned URLs (in the query), and
forms with a signed policy. Each has to be signed with the key of this process and be valid at the current time. A form
also has to satisfy its policy.
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
_MAX_EXPIRES_S = 7 * 86400
_SCOPE = re.compile(r"(?P<key>[^/]+)/(?P<day>\d{8})/(?P<region>[^/]+)/s3/aws4_request")
_HEADER = re.compile(r"AWS4-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})")
_UNCHECKED = frozenset({"x-amz-signature", "policy", "file"})


class Refused(Exception):
    """The request is refused, with S3's error code and a message."""

    def __init__(self, code: str, message: str, status: int = 403) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


class Signatures:
    """Verifies requests with the credentials of this process. `now` returns the time."""

    def __init__(self, credentials: Callable[[], Credentials], now: Callable[[], datetime]) -> None:
        self._credentials = credentials
        self.now = now

    def check(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Verify a call or a presigned URL, with header names in lower case. Raise `Refused`."""
        query = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
        if SIGNATURE in query:
            self._check_query(method, url, headers, query)
        else:
            self._check_header(method, url, headers, body)

    def check_form(self, fields: Mapping[str, str], bucket: str, size: int) -> None:
        """Verify a form for a bucket with a file of `size` bytes. Raise `Refused`."""
        policy = fields.get("policy", "")
        auth, moment = self._signer(S3SigV4PostAuth, fields.get("x-amz-credential", ""), fields.get("x-amz-date", ""))
        request = _request("POST", "", {}, moment)
        _require_signature(auth.signature(policy, request), fields.get("x-amz-signature", ""))
        try:
            document = json.loads(base64.b64decode(policy, validate=True))
            expiration = datetime.fromisoformat(document["expiration"])
            conditions = document["conditions"]
        except (binascii.Error, ValueError, KeyError, TypeError) as error:
            raise Refused("InvalidPolicyDocument", "The policy is malformed", 400) from error
        if self.now() > expiration:
            raise Refused("AccessDenied", "Invalid according to Policy: Policy expired.")
        _check_conditions(conditions, {**fields, "bucket": bucket}, size)

    def _check_query(self, method: str, url: str, headers: Mapping[str, str], query: Mapping[str, str]) -> None:
        auth, moment = self._signer(S3SigV4QueryAuth, query.get("X-Amz-Credential", ""), query.get("X-Amz-Date", ""))
        expires = query.get("X-Amz-Expires", "")
        if not expires.isascii() or not expires.isdigit() or not 0 < int(expires) <= _MAX_EXPIRES_S:
            raise Refused("AuthorizationQueryParametersError", "X-Amz-Expires is invalid", 400)
        self._check_time(_time(moment), timedelta(seconds=int(expires)))
        parts = urlsplit(url)
        unsigned = "&".join(pair for pair in parts.query.split("&") if not pair.startswith(f"{SIGNATURE}="))
        signed = _signed(headers, query.get("X-Amz-SignedHeaders", ""))
        request = _request(method, urlunsplit(parts._replace(query=unsigned)), signed, moment)
        _require_signature(
            auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request), query[SIGNATURE]
        )

    def _check_header(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> None:
        match = _HEADER.fullmatch(headers.get("authorization", ""))
        if match is None:
            raise Refused("AccessDenied", "Access Denied")
        auth, moment = self._signer(S3SigV4Auth, match[1], headers.get("x-amz-date", ""))
        self._check_time(_time(moment), _SKEW)
        digest = headers.get("x-amz-content-sha256", "")
        if digest not in (UNSIGNED, hashlib.sha256(body).hexdigest()):
            raise Refused("XAmzContentSHA256Mismatch", "The signature is for another body", 400)
        request = _request(method, url, _signed(headers, match[2]), moment)
        _require_signature(
            auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request), match[3]
        )

    def _signer(self, kind: type[SigV4Auth], credential: str, moment: str) -> tuple[Any, str]:
        """Return a signer and the time of the request. Raise `Refused` unless it uses the key of this process."""
        scope, own = _SCOPE.fullmatch(credential), self._credentials()
        if scope is None or not hmac.compare_digest(scope["key"].encode(), own.access_key.encode()):
            raise Refused("InvalidAccessKeyId", "The access key does not exist in our records")
        if not moment.startswith(scope["day"]):
            raise Refused("AccessDenied", "The date differs from the date of the credential")
        return kind(own, "s3", scope["region"]), moment

    def _check_time(self, start: datetime, duration: timedelta) -> None:
        if not start - _SKEW <= self.now() <= start + duration:
            raise Refused("AccessDenied", "Request has expired")


def _request(method: str, url: str, headers: Mapping[str, str], moment: str) -> AWSRequest:
    request = AWSRequest(method, url, dict(headers))
    request.context["timestamp"] = moment
    return request


def _signed(headers: Mapping[str, str], names: str) -> dict[str, str]:
    """Return the signed headers. Raise `Refused` if the host is not signed or a signed header is missing."""
    signed_names = names.split(";")
    if "host" not in signed_names or any(name != "host" and name not in headers for name in signed_names):
        raise Refused("AccessDenied", "Signed headers are missing")
    return {name: headers[name] for name in signed_names if name in headers}


def _time(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise Refused("AccessDenied", "The date is malformed") from error


def _require_signature(expected: str, given: str) -> None:
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise Refused("SignatureDoesNotMatch", "The signature does not match the request")


def _check_conditions(conditions: list[Any], fields: Mapping[str, str], size: int) -> None:
    """Raise `Refused` unless all conditions hold and every field has a condition."""
    allowed = {_check_condition(condition, fields, size) for condition in conditions}
    extra = {name for name in fields if name not in allowed | _UNCHECKED and not name.startswith("x-ignore-")}
    if extra:
        raise Refused("AccessDenied", f"Invalid according to Policy: Extra input fields: {min(extra)}")


def _check_condition(condition: Any, fields: Mapping[str, str], size: int) -> str:
    """Check one condition and return the field that it is about. Raise `Refused`."""
    match condition:
        case ["content-length-range", int(min_size), int(max_size)]:
            if not min_size <= size <= max_size:
                code = "EntityTooLarge" if size > max_size else "EntityTooSmall"
                raise Refused(code, "The size of the file is not allowed", 400)
            return "file"
        case dict():
            [(name, value)] = condition.items()
            holds = fields.get(name) == value
        case ["eq", str(name), value]:
            holds = fields.get(name.removeprefix("$")) == value
        case ["starts-with", str(name), str(value)]:
            holds = fields.get(name.removeprefix("$"), "").startswith(value)
        case _:
            raise Refused("InvalidPolicyDocument", "A condition is malformed", 400)
    if not holds:
        raise Refused("AccessDenied", f"Invalid according to Policy: Policy Condition failed: {condition}")
    return str(name).removeprefix("$")

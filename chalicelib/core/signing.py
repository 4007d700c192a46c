"""Signs requests to DynamoDB (AWS Signature Version 4).

botocore reads the headers of a request six times for a signature and derives the key of the day anew for each: with an
eighth of a call's processor time, more than it takes to send the request. All requests to DynamoDB are alike (a POST to
`/` with a body of text), so what is signed is written down directly here.

Traded away: botocore's hooks for signing have no effect on DynamoDB. A test compares the signatures.
"""

import hmac
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SIGNED_HEADERS_BLACKLIST, SIGV4_TIMESTAMP
from botocore.compat import get_current_datetime
from botocore.exceptions import NoCredentialsError

_ALGORITHM = "AWS4-HMAC-SHA256"


class RequestSigner:
    """Signs the requests of one client; a handler of botocore's event `request-created`."""

    def __init__(self, credentials: Any, region: str, now: Callable[[], datetime] = get_current_datetime) -> None:
        """Take the client's credentials, which renew themselves, its region, and the time in UTC."""
        self._credentials = credentials
        self._region = region
        self._now = now

    def __call__(self, request: Any, **_: Any) -> None:
        """Add the headers with the time and the signature. Raise `NoCredentialsError` if there are no credentials.

        The body is read as `data`: botocore would prepare the request once more for `body`.
        """
        if self._credentials is None:
            raise NoCredentialsError
        credentials = self._credentials.get_frozen_credentials()
        moment = self._now().strftime(SIGV4_TIMESTAMP)
        headers = request.headers
        headers["X-Amz-Date"] = moment
        if credentials.token:
            headers["X-Amz-Security-Token"] = credentials.token
        signed = {name.lower(): value.strip() for name, value in headers.items()}
        signed["host"] = _host(request.url)
        names = sorted(signed.keys() - SIGNED_HEADERS_BLACKLIST)
        lines = "".join(f"{name}:{signed[name]}\n" for name in names)
        listed = ";".join(names)
        canonical = f"POST\n/\n\n{lines}\n{listed}\n{sha256(request.data).hexdigest()}"
        scope = f"{moment[:8]}/{self._region}/dynamodb/aws4_request"
        to_sign = f"{_ALGORITHM}\n{moment}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
        key = _signing_key(credentials.secret_key, moment[:8], self._region)
        signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
        credential = f"Credential={credentials.access_key}/{scope}"
        headers["Authorization"] = f"{_ALGORITHM} {credential}, SignedHeaders={listed}, Signature={signature}"


@lru_cache(maxsize=4)
def _host(url: str) -> str:
    """Return the `Host` header that is sent with a request to this address."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else str(parts.hostname)
    is_usual = parts.port in (None, {"http": 80, "https": 443}.get(parts.scheme))
    return host if is_usual else f"{host}:{parts.port}"


@lru_cache(maxsize=4)
def _signing_key(secret: str, date: str, region: str) -> bytes:
    """Return the key of a day; credentials change a few times a day."""
    key = f"AWS4{secret}".encode()
    for part in (date, region, "dynamodb", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key

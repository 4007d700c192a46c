"""The error of a body that the gateway refuses, because it is too large to reach the application.

API Gateway has one response for all paths and cannot tell them apart, so it names every endpoint that takes more.
"""

from __future__ import annotations

from app import ROUTES
from chalicelib.core.errors import PayloadTooLarge


def body_too_large(max_bytes: int) -> PayloadTooLarge:
    """Return the error with the limit of the deployment in bytes and the endpoints through which more can be sent."""
    declared = (endpoint.too_large for routes in ROUTES for endpoint in routes.endpoints)
    ways = sorted({str(details["instead"]) for details in declared if details is not None})
    return PayloadTooLarge(details={"most": max_bytes, "instead": " or ".join(ways)})

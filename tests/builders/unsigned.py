"""Calls of the embedded DynamoDB without a signature, which it does not check and which took a tenth of a call's time.

Whatever leaves the process is signed, and so is what the embedded S3 gets, which checks signatures.
"""

from contextlib import AbstractContextManager
from typing import Any

from botocore.awsrequest import AWSRequest
from botocore.signers import RequestSigner

from infra.local.engine import is_embedded
from infra.local.engine_patches import replaced


def unsigned_calls() -> AbstractContextManager[None]:
    """Leave calls that the embedded engine answers unsigned while the block runs."""
    sign: Any = vars(RequestSigner)["sign"]

    def sign_others(signer: RequestSigner, operation_name: str, request: AWSRequest, *args: Any, **kwargs: Any) -> None:
        if not is_embedded(request.url or ""):
            sign(signer, operation_name, request, *args, **kwargs)

    return replaced(RequestSigner, "sign", sign_others)

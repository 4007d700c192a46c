"""Defines the photo bucket: private, with a lifecycle rule that deletes unfinished uploads.

Objects are read and written only with presigned URLs. Pages of any origin may use them, because the signature is what
authorises a request. The lifecycle rule for `incoming/` backs up the application's own sweep, and is the only thing
that deletes the parts of an interrupted upload.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from chalicelib.core.settings import Settings

_EXPIRY_RULE = "forget-what-nobody-confirmed"


def private() -> dict[str, Any]:
    """Return CloudFormation properties that every bucket has: encryption, and no public access."""
    return {
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
    }


def definition(stage: str) -> dict[str, Any]:
    """Return the CloudFormation properties of the photo bucket."""
    return {
        **private(),
        "BucketName": Settings(stage=stage).photo_bucket,
        "CorsConfiguration": {
            "CorsRules": [
                {
                    "AllowedOrigins": ["*"],
                    "AllowedMethods": ["GET", "HEAD", "POST"],
                    "AllowedHeaders": ["*"],
                    "ExposedHeaders": ["ETag"],
                    "MaxAge": 600,
                }
            ]
        },
        "LifecycleConfiguration": {
            "Rules": [
                {
                    "Id": _EXPIRY_RULE,
                    "Status": "Enabled",
                    "Prefix": "incoming/",
                    "ExpirationInDays": 1,
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                }
            ]
        },
    }


def create_missing(client: Any, bucket: str) -> None:
    """Create the bucket on an S3-compatible store, unless it exists. For local use."""
    with suppress(client.exceptions.BucketAlreadyOwnedByYou):
        client.create_bucket(Bucket=bucket)

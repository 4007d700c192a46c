"""Defines the photo bucket: private, versioned, with lifecycle rules that delete unfinished uploads and old versions.

A deleted photo is out of reach of the application at once. An operator can restore it for 30 days; then S3 deletes it.

Objects are read and written only with presigned URLs. Pages of any origin may use them, because the signature is what
authorises a request. The lifecycle rule for `incoming/` backs up the application's own sweep, and is the only thing
that deletes the parts of an interrupted upload.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from chalicelib.core.settings import Settings

_EXPIRY_RULE = "forget-what-nobody-confirmed"
_VERSIONS_RULE = "forget-old-versions"
KEPT_VERSIONS_DAYS = 30


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
        "VersioningConfiguration": {"Status": "Enabled"},
        "LifecycleConfiguration": {
            "Rules": [
                {
                    "Id": _EXPIRY_RULE,
                    "Status": "Enabled",
                    "Prefix": "incoming/",
                    "ExpirationInDays": 1,
                    "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
                },
                {
                    "Id": _VERSIONS_RULE,
                    "Status": "Enabled",
                    "NoncurrentVersionExpiration": {"NoncurrentDays": KEPT_VERSIONS_DAYS},
                    "ExpiredObjectDeleteMarker": True,
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                },
            ]
        },
    }


def create_missing(client: Any, bucket: str) -> None:
    """Create the bucket on an S3-compatible store, unless it exists. For local use."""
    with suppress(client.exceptions.BucketAlreadyOwnedByYou):
        client.create_bucket(Bucket=bucket)

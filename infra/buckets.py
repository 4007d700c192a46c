"""The bucket of photos as it has to exist: private, and forgetting by itself what nobody finished.

What is in it is read and put only through presigned addresses, from pages of any origin, since the signature is what
counts. The rule for `incoming/` is a second net below the application's own sweep, and it is the only one that catches
parts of uploads that broke off.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from chalicelib.core.settings import Settings

_FORGET = "forget-what-nobody-confirmed"


def private() -> dict[str, Any]:
    """What every bucket of ours is, as CloudFormation wants it: encrypted, and closed to whoever is not its owner's."""
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
    """The properties of the bucket of photos, likewise."""
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
                    "Id": _FORGET,
                    "Status": "Enabled",
                    "Prefix": "incoming/",
                    "ExpirationInDays": 1,
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                }
            ]
        },
    }


def create_missing(client: Any, bucket: str) -> None:
    """Create the bucket on an S3-compatible store, for trying things out; one that is there stays as it is."""
    with suppress(client.exceptions.BucketAlreadyOwnedByYou):
        client.create_bucket(Bucket=bucket)

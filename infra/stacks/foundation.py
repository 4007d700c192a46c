"""The foundation: what holds data, and so outlives every deployment of the code.

One stack per stage, `baton-<stage>-foundation`. All that would be lost with it is kept when the stack is deleted and
protected from being deleted by hand. Functions are told nothing of it but the stage: names follow from that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from chalicelib.core.settings import Settings
from infra import buckets
from infra.stacks.names import logical
from infra.tables import Table, definitions

Template = dict[str, Any]

OUTLIVES = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
# What is a year old can be built again from its commit.
_OLD_PACKAGES = {
    "Id": "OldPackages",
    "Status": "Enabled",
    "ExpirationInDays": 365,
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
}


def stack_name(stage: str) -> str:
    """What the stack is called."""
    return f"baton-{stage}-foundation"


def foundation(stage: str) -> Template:
    """The template of a stage's foundation."""
    names = Settings(stage=stage)
    resources = {f"{logical(table.short_name)}Table": _table(table) for table in definitions(stage)}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Baton ({stage}): tables, photos, token keys and the bucket for packages.",
        "Parameters": {
            "PhotosBucketName": {
                "Type": "String",
                "Default": names.photo_bucket,
                "AllowedPattern": f"baton-{re.escape(stage)}-photos[a-z0-9-]*",
                "Description": "Names of buckets are unique in all of AWS. If this is taken, lengthen it and tell the"
                " functions (BATON_PHOTOS_BUCKET).",
            },
        },
        "Resources": {
            **resources,
            **dict(_bucket("Photos", {**buckets.definition(stage), "BucketName": {"Ref": "PhotosBucketName"}})),
            **dict(_bucket("Packages", {**buckets.private(), "LifecycleConfiguration": {"Rules": [_OLD_PACKAGES]}})),
            "TokenKeys": {
                "Type": "AWS::SecretsManager::Secret",
                **OUTLIVES,
                "Properties": {
                    "Name": f"baton-{stage}-token-keys",
                    "Description": "The keys that sign access tokens; `python -m infra.keys` fills and rotates it.",
                },
            },
        },
        "Outputs": {
            "PhotosBucket": {"Value": {"Ref": "Photos"}},
            "PackagesBucket": {"Value": {"Ref": "Packages"}},
            "TokenKeys": {"Value": {"Ref": "TokenKeys"}},
        },
    }


def _table(table: Table) -> dict[str, Any]:
    properties = {
        **table.request(),
        "DeletionProtectionEnabled": True,
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "SSESpecification": {"SSEEnabled": True},
    }
    if table.expiry is not None:
        properties["TimeToLiveSpecification"] = {"AttributeName": table.expiry, "Enabled": True}
    return {"Type": "AWS::DynamoDB::Table", **OUTLIVES, "Properties": properties}


def _bucket(logical: str, properties: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A bucket, and its policy: TLS only."""
    yield logical, {"Type": "AWS::S3::Bucket", **OUTLIVES, "Properties": properties}
    everything = [{"Fn::GetAtt": [logical, "Arn"]}, {"Fn::Sub": f"${{{logical}.Arn}}/*"}]
    refuse_plain = {
        "Sid": "RefusePlainHttp",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": everything,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    yield (
        f"{logical}Policy",
        {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": logical},
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [refuse_plain]},
            },
        },
    )

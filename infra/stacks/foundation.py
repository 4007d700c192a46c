"""The foundation: what holds data, and so outlives every deployment of the code.

One stack per stage, `baton-<stage>-foundation`. All that would be lost with it is kept when the stack is deleted and
protected from being deleted by hand. Functions are told nothing of it but the stage: names follow from that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from infra import buckets
from infra.stacks.names import logical
from infra.stages import Config, settings_of
from infra.tables import Table, definitions

Template = dict[str, Any]

OUTLIVES = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
# Packages stay: a rollout that fails is rolled back to the one before, however old that is.
_UNFINISHED_PACKAGES = {
    "Id": "UnfinishedPackages",
    "Status": "Enabled",
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
}


def stack_name(stage: str) -> str:
    """What the stack is called."""
    return f"baton-{stage}-foundation"


def foundation(stage: str, config: Config | None = None) -> Template:
    """The template of a stage's foundation. Raises `NoStage`; `config`: other than `.chalice/config.json`."""
    photos = {**buckets.definition(stage), "BucketName": settings_of(stage, config).photo_bucket}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Baton ({stage}): tables, photos, token keys and the bucket for packages.",
        "Resources": {
            **_tables(definitions(stage)),
            **dict(_bucket("Photos", photos)),
            **dict(
                _bucket("Packages", {**buckets.private(), "LifecycleConfiguration": {"Rules": [_UNFINISHED_PACKAGES]}})
            ),
            "TokenKeys": {
                "Type": "AWS::SecretsManager::Secret",
                **OUTLIVES,
                "Properties": {
                    "Name": f"baton-{stage}-token-keys",
                    "Description": "Keys of access tokens and proofs of the domain, by infra.keys and infra.proofs.",
                },
            },
        },
        "Outputs": {
            "PhotosBucket": {"Value": {"Ref": "Photos"}},
            "PackagesBucket": {"Value": {"Ref": "Packages"}},
            "TokenKeys": {"Value": {"Ref": "TokenKeys"}},
        },
    }


def _tables(tables: Sequence[Table]) -> dict[str, Any]:
    """The tables, to be made one after the other.

    DynamoDB limits how many tables with indexes are made at the same time, and refuses more, so that the stack fails.
    """
    made: dict[str, Any] = {}
    before: dict[str, str] = {}
    for table in tables:
        made[f"{logical(table.short_name)}Table"] = {**_table(table), **before}
        before = {"DependsOn": f"{logical(table.short_name)}Table"}
    return made


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

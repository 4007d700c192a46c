"""The foundation: resources that hold data and outlive deployments of the code.

There is one stack per stage, `baton-<stage>-foundation`. Resources with data are retained when the stack is deleted,
and protected from manual deletion. Functions derive all names from the stage.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from infra import buckets
from infra.stacks.names import logical
from infra.stages import Config, settings_of
from infra.tables import Table, definitions

Template = dict[str, Any]

RETAINED = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
# Packages do not expire, because a failed rollout returns to the previous one, however old that is.
_UNFINISHED_PACKAGES = {
    "Id": "UnfinishedPackages",
    "Status": "Enabled",
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
}


def stack_name(stage: str) -> str:
    """Return the name of the foundation's stack."""
    return f"baton-{stage}-foundation"


def foundation(stage: str, config: Config | None = None) -> Template:
    """Return the template of a stage's foundation. Raise `UnknownStage`. `config` replaces `.chalice/config.json`."""
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
                **RETAINED,
                "Properties": {
                    "Name": f"baton-{stage}-token-keys",
                    "Description": "Keys of access tokens, proofs of the domain (infra.keys, infra.proofs).",
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
    """Return the tables, each dependent on the one before.

    DynamoDB limits the number of tables with indexes that are created at the same time; with more the stack fails.
    """
    resources: dict[str, Any] = {}
    dependency: dict[str, str] = {}
    for table in tables:
        resources[f"{logical(table.short_name)}Table"] = {**_table(table), **dependency}
        dependency = {"DependsOn": f"{logical(table.short_name)}Table"}
    return resources


def _table(table: Table) -> dict[str, Any]:
    properties = {
        **table.request(),
        "DeletionProtectionEnabled": True,
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "SSESpecification": {"SSEEnabled": True},
    }
    if table.expiry is not None:
        properties["TimeToLiveSpecification"] = {"AttributeName": table.expiry, "Enabled": True}
    return {"Type": "AWS::DynamoDB::Table", **RETAINED, "Properties": properties}


def _bucket(logical: str, properties: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a bucket and its policy, which requires TLS."""
    yield logical, {"Type": "AWS::S3::Bucket", **RETAINED, "Properties": properties}
    yield (
        f"{logical}Policy",
        {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": logical},
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [tls_only(logical)]},
            },
        },
    )


def tls_only(bucket: str) -> dict[str, Any]:
    """Return the statement of a bucket's policy that refuses requests without TLS. `bucket` is its logical id."""
    return {
        "Sid": "RefusePlainHttp",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [{"Fn::GetAtt": [bucket, "Arn"]}, {"Fn::Sub": f"${{{bucket}.Arn}}/*"}],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }

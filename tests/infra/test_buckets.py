"""The photo bucket: its properties, and the permissions of the functions."""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.core.settings import Settings, SettingsError
from chalicelib.core.settings import settings as configured
from infra.buckets import create_missing, definition
from infra.local.objects import EmbeddedObjects

CHALICE = Path(__file__).parents[2] / ".chalice"
STAGES: dict[str, Any] = json.loads((CHALICE / "config.json").read_text())["stages"]

every_stage = pytest.mark.parametrize("stage", sorted(STAGES))


def allowed(stage: str, function: str) -> set[tuple[str, str]]:
    """Return the S3 actions and resources of a function."""
    policy = json.loads((CHALICE / STAGES[stage]["lambda_functions"][function]["iam_policy_file"]).read_text())
    return {
        (action, resource.removeprefix(f"arn:aws:s3:::baton-{stage}-photos"))
        for statement in policy["Statement"]
        for action in statement["Action"]
        if action.startswith("s3:")
        for resource in statement["Resource"]
    }


@every_stage
def test_functions_may_read_put_and_remove_photos_of_their_stage_and_nothing_else_in_s3(stage: str) -> None:
    places = ("/incoming/*", "/photos/*")
    objects = {(f"s3:{verb}Object", place) for verb in ("Delete", "Get", "Put") for place in places}
    found = {function: allowed(stage, function) for function in STAGES[stage]["lambda_functions"]}
    assert found.pop("api_handler") == {*objects, ("s3:ListBucket", "")}
    assert found.pop("maintenance_sweep") == {
        *(("s3:DeleteObject", place) for place in places),
        ("s3:GetObject", "/photos/*"),
        ("s3:ListBucket", ""),
    }
    assert not any(found.values())


def test_unsigned_reads_of_the_bucket_are_refused() -> None:
    properties = definition("prod")
    assert properties["BucketName"] == "baton-prod-photos"
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert properties["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def test_bucket_expires_unconfirmed_uploads_and_keeps_photos() -> None:
    uploads, versions = definition("prod")["LifecycleConfiguration"]["Rules"]
    assert (uploads["Prefix"], uploads["ExpirationInDays"]) == ("incoming/", 1)
    assert "ExpirationInDays" not in versions


def test_bucket_keeps_deleted_photos_for_30_days_and_parts_of_uploads_for_one() -> None:
    properties = definition("prod")
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    rules = properties["LifecycleConfiguration"]["Rules"]
    everything = next(rule for rule in rules if "Prefix" not in rule)
    assert everything["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
    assert everything["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}


def test_a_bucket_of_another_name_has_to_begin_with_that_of_its_stage() -> None:
    assert Settings(stage="eu").photo_bucket == "baton-eu-photos"
    assert Settings(stage="eu", photos_bucket="baton-eu-photos-4711").photo_bucket == "baton-eu-photos-4711"
    for other in ("photos", "baton-us-photos", "Baton-eu-photos", "baton-eu-photos.x"):
        with pytest.raises(SettingsError, match="BATON_PHOTOS_BUCKET"):
            Settings(stage="eu", photos_bucket=other)


def test_a_bucket_that_is_there_stays_as_it_is(objects: EmbeddedObjects) -> None:
    from chalicelib.core.aws import client

    s3, bucket = client("s3"), configured().photo_bucket
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    create_missing(s3, bucket)
    create_missing(s3, "baton-test-photos-2")
    assert objects.keys(bucket) == ["a"]
    s3.put_object(Bucket="baton-test-photos-2", Key="b", Body=b"1")

"""Publishing the console: the order of files, how browsers keep them, and which old ones stay."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import md5
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from infra.hosting.files import NotBuilt, SiteFile, site_files
from infra.hosting.publish import KEPT, SiteBucket
from infra.hosting.rollout import invalidate, next_parameters
from infra.stacks.domain import domain

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
SETTINGS = {"mapStyle": None, "local": False, "stage": "prod"}


class Bucket:
    """An S3 client with one bucket, whose lists have one object on a page."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self.uploaded: list[str] = []

    def put_object(self, **given: Any) -> None:
        self.objects[given["Key"]] = given
        self.uploaded.append(given["Key"])

    def get_object(self, **given: Any) -> dict[str, Any]:
        return {"Body": BytesIO(self.objects[given["Key"]]["Body"])}

    def delete_objects(self, **given: Any) -> None:
        for one in given["Delete"]["Objects"]:
            del self.objects[one["Key"]]

    def get_paginator(self, name: str) -> Any:
        assert name == "list_objects_v2"
        return self

    def paginate(self, **given: Any) -> Iterator[dict[str, Any]]:
        for key, one in sorted(self.objects.items()):
            if key.startswith(given["Prefix"]):
                etag = f'"{md5(one["Body"], usedforsecurity=False).hexdigest()}"'
                yield {"Contents": [{"Key": key, "ETag": etag}]}
        yield {}


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    contents = {
        "index.html": "<!doctype html>",
        "icon.svg": "<svg/>",
        "assets/index-A1.js": "1",
        "assets/index-A1.css": "2",
        "assets/worker-A1.mjs": "3",
        ".built": "digest",
        ".vite/manifest.json": "{}",
    }
    for path, content in contents.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(content)
    return tmp_path


def publish(bucket: Bucket, files: list[SiteFile], now: datetime = NOW) -> list[str]:
    bucket.uploaded.clear()
    return SiteBucket(bucket, "console").publish(files, now)


def release(name: str) -> list[SiteFile]:
    return [SiteFile(f"assets/{name}.js", name.encode()), SiteFile("index.html", name.encode())]


def served(bucket: Bucket) -> set[str]:
    return {key.removeprefix("site/") for key in bucket.objects if key.startswith("site/")}


def test_assets_come_first_and_the_page_last(dist: Path, bucket: Bucket) -> None:
    publish(bucket, site_files(dist, SETTINGS))
    assert [key for key in bucket.uploaded if key.startswith("site/")] == [
        "site/assets/index-A1.css",
        "site/assets/index-A1.js",
        "site/assets/worker-A1.mjs",
        "site/config.json",
        "site/icon.svg",
        "site/index.html",
    ]
    assert json.loads(bucket.objects["site/config.json"]["Body"]) == SETTINGS


def test_browsers_keep_assets_and_ask_for_all_other_files(dist: Path, bucket: Bucket) -> None:
    publish(bucket, site_files(dist, SETTINGS))
    kept = {key: one["CacheControl"] for key, one in bucket.objects.items() if "CacheControl" in one}
    assert kept.pop("site/assets/index-A1.js") == "public, max-age=31536000, immutable"
    assert kept["site/index.html"] == kept["site/config.json"] == kept["site/icon.svg"] == "no-cache"
    types = {key.rpartition(".")[2]: one.get("ContentType") for key, one in bucket.objects.items()}
    assert (types["js"], types["mjs"]) == ("text/javascript; charset=utf-8",) * 2
    assert (types["html"], types["css"]) == ("text/html; charset=utf-8", "text/css; charset=utf-8")


def test_second_deployment_of_the_same_files_changes_nothing(dist: Path, bucket: Bucket) -> None:
    publish(bucket, site_files(dist, SETTINGS))
    assert publish(bucket, site_files(dist, SETTINGS), NOW + timedelta(days=1)) == []
    assert bucket.uploaded == []
    assert publish(bucket, site_files(dist, {**SETTINGS, "mapStyle": "https://tiles.example"})) == ["config.json"]


def test_assets_of_a_replaced_release_stay_for_thirty_days(bucket: Bucket) -> None:
    """The time counts from the replacement, however old the release is."""
    publish(bucket, release("one"))
    replaced = NOW + timedelta(days=200)
    publish(bucket, release("two"), replaced)
    assert served(bucket) == {"assets/one.js", "assets/two.js", "index.html"}
    publish(bucket, release("two"), replaced + KEPT - timedelta(seconds=1))
    assert "assets/one.js" in served(bucket)
    publish(bucket, release("two"), replaced + KEPT + timedelta(seconds=1))
    assert served(bucket) == {"assets/two.js", "index.html"}
    assert len([key for key in bucket.objects if key.startswith("releases/")]) == 1


def test_rollback_keeps_the_assets_of_both_releases(bucket: Bucket) -> None:
    publish(bucket, release("one"))
    publish(bucket, release("two"), NOW + timedelta(days=1))
    assert publish(bucket, release("one"), NOW + timedelta(days=2)) == ["index.html"]
    publish(bucket, release("one"), NOW + timedelta(days=3) + KEPT)
    assert served(bucket) == {"assets/one.js", "index.html"}


def test_console_that_is_not_built_is_not_published(tmp_path: Path) -> None:
    with pytest.raises(NotBuilt, match="build the console first"):
        site_files(tmp_path, SETTINGS)


@pytest.mark.parametrize("path", ["fonts/a.woff2", "data.bin"])
def test_file_that_could_not_be_served_is_not_published(dist: Path, path: str) -> None:
    (dist / path).parent.mkdir(exist_ok=True)
    (dist / path).write_text("")
    with pytest.raises(NotBuilt, match=path):
        site_files(dist, SETTINGS)


def test_cloudfront_forgets_pages_and_settings_only() -> None:
    class CloudFront:
        def __init__(self) -> None:
            self.forgotten: list[str] = []

        def create_invalidation(self, **given: Any) -> None:
            self.forgotten += given["InvalidationBatch"]["Paths"]["Items"]

    cloudfront = CloudFront()
    invalidate(cloudfront, "E1", ["assets/a.js", "icon.svg"], NOW)
    assert cloudfront.forgotten == []
    invalidate(cloudfront, "E1", ["assets/a.js", "config.json", "track.html", "index.html"], NOW)
    assert cloudfront.forgotten == ["/config.json", "/track.html", "/index.html"]


def test_deployment_keeps_the_domain_that_an_operator_has_set() -> None:
    before = {
        "DomainName": "baton.example",
        "CertificateArn": "arn:1",
        "WebAclArn": "arn:2",
        "RestApiId": "old",
        "X": "1",
    }
    application = {"RestAPIId": "rest", "WebsocketAPIId": "sockets", "AlarmTopic": "topic"}
    assert next_parameters(domain("prod"), before, application, "eu-west-1") == {
        "DomainName": "baton.example",
        "CertificateArn": "arn:1",
        "WebAclArn": "arn:2",
        "RestApiId": "rest",
        "SocketApiId": "sockets",
        "ApiRegion": "eu-west-1",
    }


def test_first_deployment_has_neither_domain_nor_certificate() -> None:
    application = {"RestAPIId": "rest", "WebsocketAPIId": "sockets"}
    first = next_parameters(domain("prod"), {}, application, "eu-west-1")
    assert (first.get("DomainName"), first["CertificateArn"]) == (None, "")

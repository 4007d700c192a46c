"""Uploads the files of the console, and deletes those that no page needs any more.

A page that is open during a deployment loads further assets later. So the assets of a release stay for 30 days after
it was replaced. Each release leaves a record with its assets in the bucket, outside of the folder that is served.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from infra.hosting.files import ASSETS, SiteFile
from infra.stacks.console import FOLDER

KEPT = timedelta(days=30)
"""How long the assets of a replaced release stay."""
_RECORDS = "releases/"
_TIME = "%Y%m%dT%H%M%S.%fZ"
_MAX_DELETED = 1000


class SiteBucket:
    """The bucket of a stage's console. `client` is botocore's of S3."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def publish(self, files: Sequence[SiteFile], now: datetime) -> list[str]:
        """Upload what differs, in the given order, and return the paths. Then delete the assets of old releases."""
        stored = self._list(f"{FOLDER}/")
        changed = [file for file in files if stored.get(f"{FOLDER}/{file.path}") != file.etag]
        for file in changed:
            self._client.put_object(
                Bucket=self._name,
                Key=f"{FOLDER}/{file.path}",
                Body=file.content,
                ContentType=file.media_type,
                CacheControl=file.cache_control,
            )
        assets = sorted(f"{FOLDER}/{file.path}" for file in files if file.is_asset)
        self._delete_old(self._record(assets, now), stored, now)
        return [file.path for file in changed]

    def _record(self, assets: Sequence[str], now: datetime) -> dict[str, list[str]]:
        """Return the assets of each release by the key of its record, oldest first; add one if they have changed."""
        releases = {key: self._read(key) for key in sorted(self._list(_RECORDS))}
        if not releases or list(releases.values())[-1] != assets:
            key = f"{_RECORDS}{now.strftime(_TIME)}.json"
            self._client.put_object(Bucket=self._name, Key=key, Body=json.dumps(assets).encode())
            releases[key] = list(assets)
        return releases

    def _delete_old(self, releases: Mapping[str, list[str]], stored: Mapping[str, str], now: datetime) -> None:
        """Delete the records of releases that were replaced long ago, and assets that no other record has."""
        limit = f"{_RECORDS}{(now - KEPT).strftime(_TIME)}.json"
        old = [key for key, next_one in pairwise(releases) if next_one < limit]
        kept = {asset for key, assets in releases.items() if key not in old for asset in assets}
        dropped = (key for key in stored if key.startswith(f"{FOLDER}/{ASSETS}") and key not in kept)
        self._delete([*dropped, *old])

    def _list(self, prefix: str) -> dict[str, str]:
        """Return the `ETag` of each object by its key."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._name, Prefix=prefix)
        return {one["Key"]: one["ETag"] for page in pages for one in page.get("Contents", [])}

    def _read(self, key: str) -> list[str]:
        assets: list[str] = json.loads(self._client.get_object(Bucket=self._name, Key=key)["Body"].read())
        return assets

    def _delete(self, keys: Sequence[str]) -> None:
        for start in range(0, len(keys), _MAX_DELETED):
            objects = [{"Key": key} for key in keys[start : start + _MAX_DELETED]]
            self._client.delete_objects(Bucket=self._name, Delete={"Objects": objects, "Quiet": True})

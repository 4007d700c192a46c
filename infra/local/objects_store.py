"""Buckets and their objects, in memory or in one file: what the embedded S3 keeps.

SQLite is there with every Python, keeps megabytes in one value, and makes each write whole or not at all, whoever else
has the file open. One connection and one lock serve all threads: what this is for is a person trying things out.
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

IN_MEMORY = ":memory:"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS buckets (name TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT, key TEXT, content BLOB NOT NULL, content_type TEXT NOT NULL, PRIMARY KEY (bucket, key)
);
"""


@dataclass(frozen=True, slots=True)
class Held:
    """An object."""

    content: bytes
    content_type: str

    @property
    def etag(self) -> str:
        """What S3 calls this content."""
        return f'"{hashlib.md5(self.content, usedforsecurity=False).hexdigest()}"'


class ObjectStore:
    """Buckets, and objects by their key."""

    def __init__(self, path: str = IN_MEMORY) -> None:
        if path != IN_MEMORY:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._lock = Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self._connection.executescript(_SCHEMA)

    def make_bucket(self, name: str) -> None:
        """A bucket of this name; one that exists stays as it is."""
        self._run("INSERT OR IGNORE INTO buckets VALUES (?)", name)

    def has_bucket(self, name: str) -> bool:
        """Whether there is such a bucket."""
        return bool(self._run("SELECT 1 FROM buckets WHERE name = ?", name))

    def put(self, bucket: str, key: str, held: Held) -> None:
        """Write an object, in the place of what was there."""
        self._run("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)", bucket, key, held.content, held.content_type)

    def get(self, bucket: str, key: str) -> Held | None:
        """An object, or None."""
        found = self._run("SELECT content, content_type FROM objects WHERE bucket = ? AND key = ?", bucket, key)
        return Held(bytes(found[0][0]), str(found[0][1])) if found else None

    def delete(self, bucket: str, key: str) -> None:
        """Remove an object, if it is there."""
        self._run("DELETE FROM objects WHERE bucket = ? AND key = ?", bucket, key)

    def keys(self, bucket: str) -> list[str]:
        """The keys of all objects in a bucket, in order."""
        return [str(key) for (key,) in self._run("SELECT key FROM objects WHERE bucket = ? ORDER BY key", bucket)]

    def clear(self) -> None:
        """Remove all objects; buckets stay."""
        self._run("DELETE FROM objects")

    def close(self) -> None:
        """Let go of the file; what is in memory is gone."""
        with self._lock:
            self._connection.close()

    def _run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

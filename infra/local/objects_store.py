"""Keeps the buckets and objects of the embedded S3, in memory or in one file.

SQLite comes with Python, stores megabytes in one value, and writes atomically even if other processes have the file
open. All threads share one connection and one lock, which is enough for local use.
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
    """The content of an object."""

    content: bytes
    content_type: str

    @property
    def etag(self) -> str:
        """S3's ETag of the content."""
        return f'"{hashlib.md5(self.content, usedforsecurity=False).hexdigest()}"'


class ObjectStore:
    """Buckets and their objects. Threads may share it."""

    def __init__(self, path: str = IN_MEMORY) -> None:
        if path != IN_MEMORY:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._lock = Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self._connection.executescript(_SCHEMA)

    def make_bucket(self, name: str) -> None:
        """Create a bucket, unless it exists."""
        self._run("INSERT OR IGNORE INTO buckets VALUES (?)", name)

    def has_bucket(self, name: str) -> bool:
        """Return whether the bucket exists."""
        return bool(self._run("SELECT 1 FROM buckets WHERE name = ?", name))

    def put(self, bucket: str, key: str, held: Held) -> None:
        """Write an object, replacing an existing one."""
        self._run("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)", bucket, key, held.content, held.content_type)

    def get(self, bucket: str, key: str) -> Held | None:
        """Return an object, or None if it does not exist."""
        rows = self._run("SELECT content, content_type FROM objects WHERE bucket = ? AND key = ?", bucket, key)
        return Held(bytes(rows[0][0]), str(rows[0][1])) if rows else None

    def delete(self, bucket: str, key: str) -> None:
        """Delete an object, if it exists."""
        self._run("DELETE FROM objects WHERE bucket = ? AND key = ?", bucket, key)

    def keys(self, bucket: str) -> list[str]:
        """Return the keys of all objects in a bucket, sorted."""
        return [str(key) for (key,) in self._run("SELECT key FROM objects WHERE bucket = ? ORDER BY key", bucket)]

    def clear(self) -> None:
        """Delete all objects. The buckets stay."""
        self._run("DELETE FROM objects")

    def close(self) -> None:
        """Close the file. Objects in memory are lost."""
        with self._lock:
            self._connection.close()

    def _run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

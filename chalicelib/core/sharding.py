"""Spreads items over shards, so that many writers at once do not share one partition, and reads them back.

Every sharded key ends with the number of the shard: `OFFERS#3`, `acme#AUDIT#2026-01-31#2`.
"""

from zlib import crc32

import msgspec

from chalicelib.core.table import key


class Shards(msgspec.Struct, frozen=True):
    """A fixed number of shards. Changing the number of an index in use needs a migration."""

    count: int

    def number_of(self, item_id: str) -> int:
        """Return the shard of an id, always the same one."""
        return crc32(item_id.encode()) % self.count

    def numbers_from(self, item_id: str) -> list[int]:
        """Return all shards, beginning with that of the id, for a caller that may use another one."""
        first = self.number_of(item_id)
        return [(first + step) % self.count for step in range(self.count)]

    def key_of(self, item_id: str, *prefix: object) -> str:
        """Return the key of the shard of an id; `prefix` are the parts before the shard's number."""
        return key(*prefix, self.number_of(item_id))

    def keys(self, *prefix: object) -> list[str]:
        """Return the keys of all shards."""
        return [key(*prefix, number) for number in range(self.count)]

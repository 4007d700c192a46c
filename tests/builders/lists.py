"""Reading lists with cursors to their end."""

from typing import Any

from tests.builders.world import Person


def read_pages(person: Person, path: str, limit: int = 2, *, is_camel: bool = False) -> list[dict[str, Any]]:
    """All rows of a list, read in pages, none of which is longer than `limit`.

    The last page has no `next_cursor`; if `is_camel`, it has a `nextCursor` that is null.
    """
    found, cursor = [], ""
    while True:
        answer = person.get(f"{path}{'&' if '?' in path else '?'}limit={limit}{cursor}")
        assert answer.status == 200, answer
        body = dict(answer.json)
        is_last = body["nextCursor"] is None if is_camel else "next_cursor" not in body
        following = body.pop("nextCursor" if is_camel else "next_cursor", None)
        [rows] = body.values()
        assert len(rows) <= limit
        found += rows
        if is_last:
            return found
        cursor = f"&cursor={following}"

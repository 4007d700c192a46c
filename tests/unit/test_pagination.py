"""Pages: what a request may ask for, and what a response says."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.pagination import MAX_ROW, CursorRequest, PageMeta, PageRequest, check_page_depth


def test_page_request_has_defaults() -> None:
    assert msgspec.convert({}, PageRequest) == PageRequest(page=1, page_size=20)


@pytest.mark.parametrize("sent", [{"page": 0}, {"pageSize": 0}, {"pageSize": 101}, {"page": 1_000_001}])
def test_page_request_outside_of_bounds_is_invalid(sent: dict[str, int]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(sent, PageRequest)


@given(st.integers(1, 50), st.integers(1, 100), st.integers(0, 300))
def test_pages_cover_a_list_without_gap_or_overlap(pages: int, size: int, total: int) -> None:
    items = list(range(total))
    requests = [PageRequest(page, size) for page in range(1, pages + 1)]
    covered = [item for request in requests for item in items[request.start : request.stop]]
    assert covered == items[: pages * size]


def test_meta_is_written_as_the_contracts_say() -> None:
    assert msgspec.to_builtins(PageRequest(2, 10).meta(35)) == {"totalCount": 35, "page": 2, "pageSize": 10}
    assert PageRequest(2, 10).meta(35) == PageMeta(35, 2, 10)


@pytest.mark.parametrize(
    ("page", "size", "accepted"),
    [(500, 20, True), (501, 20, False), (100, 100, True), (101, 100, False), (10_000, 1, True), (10_001, 1, False)],
)
def test_page_that_begins_beyond_row_10000_is_refused(page: int, size: int, accepted: bool) -> None:
    problems = check_page_depth({"page": page, "pageSize": size})
    assert problems == ({} if accepted else {"page": f"must not begin beyond row {MAX_ROW:,}; use filters"})


def test_page_depth_counts_with_the_default_size() -> None:
    assert check_page_depth({"page": 501}) != {}
    assert check_page_depth({"page": 500}) == {}
    assert check_page_depth({}) == {}


def test_page_depth_ignores_what_is_not_a_number() -> None:
    assert check_page_depth({"page": "many"}) == {}


def test_cursor_request_has_bounds() -> None:
    assert msgspec.convert({}, CursorRequest) == CursorRequest(20, None)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"limit": 101}, CursorRequest)

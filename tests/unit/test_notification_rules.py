"""The length of notification texts."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.notices.rules import MAX_BODY, MAX_TITLE, NoticeType, clip

MAX_PUSH_BYTES = 4096


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("short", "short"),
        ("exactly 10", "exactly 10"),
        ("eleven long", "eleven lo…"),
        ("one two three", "one two t…"),
        ("two lines\n of it", "two lines…"),
        ("  a \n\t b  ", "a b"),
        ("", ""),
    ],
)
def test_clip_makes_one_line_and_marks_cut(text: str, shown: str) -> None:
    assert clip(text, 10) == shown


@given(st.text(), st.integers(1, 50))
def test_clip_fits_limit_and_is_idempotent(text: str, most: int) -> None:
    cut = clip(text, most)
    assert len(cut) <= most
    assert len(cut.splitlines()) <= 1
    assert clip(cut, most) == cut


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=MAX_BODY), st.sampled_from(NoticeType))
def test_longest_notification_fits_push_limit(text: str, notice_type: NoticeType) -> None:
    ids = {"noticeId": "i" * 36, "type": notice_type, "subjectKind": "work_order", "subjectId": "i" * 36}
    shown = {"title": clip(text, MAX_TITLE), "body": clip(text, MAX_BODY)}
    message = json.dumps({"message": {"notification": shown, "data": ids}}, ensure_ascii=False)
    assert len(message.encode()) < MAX_PUSH_BYTES

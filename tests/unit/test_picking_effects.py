"""The stack of effects: chunks change neither the order of effects nor their number."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.picking.ledger.effects import KEPT_TOP, MAX_CHUNK, MAX_TOP, EffectStack, UndoableEffect


def effect(number: int) -> UndoableEffect:
    return UndoableEffect(str(number), "anna")


def filled(number: int) -> EffectStack:
    stack = EffectStack()
    for one in range(number):
        stack.append(effect(one))
    return stack


def test_newest_effects_stay_above_the_chunks() -> None:
    stack = filled(MAX_TOP + MAX_CHUNK)
    assert stack.chunks_to_spill == 2
    chunks = stack.spill("a")
    assert [len(chunk.effects) for chunk in chunks.values()] == [MAX_CHUNK, MAX_TOP - KEPT_TOP]
    assert (len(stack.top), len(stack)) == (KEPT_TOP, MAX_TOP + MAX_CHUNK)
    assert [int(stack.pop().description) for _ in range(len(stack))] == list(range(MAX_TOP + MAX_CHUNK))[::-1]
    assert not len(stack)


def test_short_stack_has_no_chunks() -> None:
    stack = filled(MAX_TOP)
    assert (stack.chunks_to_spill, stack.spill("a")) == (0, {})


def test_chunks_to_read_are_those_that_so_many_undos_need() -> None:
    stack = filled(MAX_TOP + 1)
    [chunk_id] = stack.spill("a")
    stored = EffectStack(stack.top, stack.below)
    assert stored.missing_chunk(KEPT_TOP) is None
    assert stored.missing_chunk(KEPT_TOP + 1) == chunk_id
    stored.chunks[chunk_id] = stack.chunks[chunk_id]
    assert stored.missing_chunk(10_000) is None


@given(st.lists(st.integers(-150, 150), max_size=12))
def test_stack_with_chunks_behaves_like_a_list(changes: list[int]) -> None:
    stack, expected, number = EffectStack(), list[str](), 0
    for step, change in enumerate(changes):
        for _ in range(change):
            number += 1
            stack.append(effect(number))
            expected.append(str(number))
        for _ in range(min(-change, len(expected))):
            assert stack.pop().description == expected.pop()
        stack.spill(str(step))
        assert len(stack) == len(expected)
    assert [stack.pop().description for _ in range(len(stack))] == expected[::-1]

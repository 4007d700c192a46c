"""State machines: which steps a state allows, refuses, repeats or locks, for any table."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.state_machine import StateMachine, TransitionCheck

JOB = StateMachine(
    entity="order",
    transitions={
        ("NEW", "start"): "STARTED",
        ("HELD", "start"): "STARTED",
        ("STARTED", "hold"): "HELD",
        ("STARTED", "seal"): "SEALED",
    },
    locked=frozenset({"SEALED"}),
    locking=frozenset({"hold", "seal"}),
    phrases={"seal": "close and seal"},
)
REPEATABLE = StateMachine(entity="order", transitions=JOB.transitions, repeatable=True)

names = st.sampled_from("ABCDE")
tables = st.dictionaries(st.tuples(names, names), names)


def machine(table: dict[tuple[str, str], str], *, repeatable: bool = False) -> StateMachine[str]:
    return StateMachine(entity="order", transitions=table, repeatable=repeatable)


def test_step_in_table_is_allowed_and_leads_to_its_target() -> None:
    assert JOB.check("NEW", "start") is TransitionCheck.ALLOWED
    assert JOB.target("NEW", "start") == "STARTED"


def test_step_not_in_table_is_not_allowed() -> None:
    assert JOB.check("NEW", "hold") is TransitionCheck.NOT_ALLOWED
    assert JOB.check("UNKNOWN", "start") is TransitionCheck.NOT_ALLOWED


def test_locking_action_in_locked_state_is_locked() -> None:
    assert JOB.check("SEALED", "hold") is TransitionCheck.LOCKED


def test_other_action_in_locked_state_is_not_allowed() -> None:
    assert JOB.check("SEALED", "start") is TransitionCheck.NOT_ALLOWED


def test_step_that_was_made_is_repeated_only_where_machine_says_so() -> None:
    assert REPEATABLE.check("STARTED", "start") is TransitionCheck.REPEATED
    assert JOB.check("STARTED", "start") is TransitionCheck.NOT_ALLOWED


def test_allowed_actions_are_sorted() -> None:
    assert JOB.allowed("STARTED") == ["hold", "seal"]
    assert JOB.allowed("SEALED") == []


def test_sources_follow_table_order_without_repetition() -> None:
    assert JOB.sources("start") == ["NEW", "HELD"]
    assert JOB.targets("start") == {"STARTED"}


def test_phrase_is_given_or_made_from_the_name() -> None:
    assert [JOB.phrase(action) for action in ("seal", "pick_up", "bind-cell")] == [
        "close and seal",
        "pick up",
        "bind cell",
    ]


@given(tables, names, names, st.booleans())
def test_check_agrees_with_table_allowed_and_sources(
    table: dict[tuple[str, str], str], state: str, action: str, repeatable: bool
) -> None:
    job = machine(table, repeatable=repeatable)
    is_allowed = (state, action) in table
    assert (job.check(state, action) is TransitionCheck.ALLOWED) is is_allowed
    assert (action in job.allowed(state)) is is_allowed
    assert (state in job.sources(action)) is is_allowed


@given(tables, names, names)
def test_repeated_step_is_in_a_state_that_the_action_leads_to(
    table: dict[tuple[str, str], str], state: str, action: str
) -> None:
    job = machine(table, repeatable=True)
    if job.check(state, action) is TransitionCheck.REPEATED:
        assert state in job.targets(action)
        assert (state, action) not in table


def test_internal_action_is_possible_and_not_listed() -> None:
    job = StateMachine(
        entity="order", transitions={("OFFERED", "time_out"): "CREATED"}, internal=frozenset({"time_out"})
    )
    assert job.check("OFFERED", "time_out") is TransitionCheck.ALLOWED
    assert job.allowed("OFFERED") == []

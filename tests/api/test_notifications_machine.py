"""Random notifications and reads: list, count and index match a model after every step."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from chalicelib.core.settings import settings as of_stage
from infra.local.engine import EmbeddedEngine
from tests.builders.founding import fresh_world
from tests.builders.notices import READ_ALL, check_count, listed, read, stage
from tests.builders.world import Person
from tests.environment import examples

people, any_notice, page_sizes = st.integers(0, 1), st.integers(0, 99), st.integers(1, 5)


class Telling(RuleBasedStateMachine):
    """Two people, and what they were told: `{id: read}`, oldest first."""

    def __init__(self, engine: EmbeddedEngine) -> None:
        super().__init__()
        self.world = fresh_world(engine)
        self.people = [self.world.person("TECH") for _ in range(2)]
        self.known: list[dict[str, bool]] = [{}, {}]

    @rule(person=people, number=st.integers(1, 3), both=st.booleans())
    def something_happens(self, person: int, number: int, both: bool) -> None:
        self.world.clock.advance(milliseconds=1)
        recipients = [0, 1] if both else [person]
        pairs = [(one, self.people[one]) for _ in range(number) for one in recipients]
        told = self.world.run(lambda work: [stage(work, somebody) for _, somebody in pairs])
        for (one, _), notice_id in zip(pairs, told, strict=True):
            self.known[one][notice_id] = False

    @rule(person=people, which=any_notice, mine=st.booleans())
    def somebody_reads(self, person: int, which: int, mine: bool) -> None:
        known = self.known[person if mine else 1 - person]
        if not known:
            return
        notice_id = list(known)[which % len(known)]
        answer = read(self.people[person], notice_id)
        assert answer.status == (204 if mine else 404)
        known[notice_id] |= mine

    @rule(person=people)
    def somebody_reads_all(self, person: int) -> None:
        assert self.people[person].post(READ_ALL).status == 204
        self.known[person] = dict.fromkeys(self.known[person], True)

    @rule()
    def time_passes(self) -> None:
        # An expiry is stored in whole seconds, rounded up.
        self.world.clock.advance(seconds=of_stage().notice_retention_s + 1)
        self.people = [self.world.signed_in(one.org_id, one.user_id, one.role) for one in self.people]
        self.known = [{notice_id: done for notice_id, done in known.items() if not done} for known in self.known]

    @rule(person=people, limit=page_sizes, only_unread=st.booleans())
    def somebody_turns_the_pages(self, person: int, limit: int, only_unread: bool) -> None:
        wanted = [(one, done) for one, done in self.known[person].items() if not (only_unread and done)]
        assert self.pages(self.people[person], f"limit={limit}&unread={str(only_unread).lower()}") == wanted[::-1]

    @invariant()
    def the_count_is_right(self) -> None:
        for person, known in zip(self.people, self.known, strict=True):
            assert check_count(person) == list(known.values()).count(False)

    @staticmethod
    def pages(person: Person, query: str) -> list[tuple[str, bool]]:
        """All pages of a list, one after the other."""
        found, cursor = [], ""
        while True:
            page = listed(person, f"?{query}{cursor}")
            found += [(item["id"], item["read"]) for item in page["items"]]
            if page["nextCursor"] is None:
                return found
            cursor = f"&cursor={page['nextCursor']}"


def test_list_and_unread_count_match_model(engine: EmbeddedEngine) -> None:
    class Here(Telling):
        def __init__(self) -> None:
            super().__init__(engine)

    run_state_machine_as_test(
        Here, settings=settings(max_examples=examples(12, everyday=1 / 4), stateful_step_count=20)
    )

"""Random repairs over many days: the report agrees with a recount from the timelines of all orders."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from infra.local.engine import EmbeddedEngine
from tests.api.test_work_order_machine import Repairs
from tests.builders.reports import asked, by_technician, recount, total
from tests.builders.settings import set_time_zone
from tests.environment import examples

ZONE = "America/Los_Angeles"
PERIODS = [("2026-02-01", "2026-04-30"), ("2026-03-01", "2026-03-02"), ("2026-03-03", "2026-03-05")]


def test_the_report_agrees_with_a_recount_from_all_orders(engine: EmbeddedEngine) -> None:
    class ReportedRepairs(Repairs):
        def __init__(self) -> None:
            super().__init__(engine)
            set_time_zone(self.park.world, ZONE)

        @rule(hours=st.integers(7, 50))
        def days_pass(self, hours: int) -> None:
            self.time_passes(hours * 60)

        def teardown(self) -> None:
            self.park.later(minutes=1)
            for first, last in PERIODS:
                period = f"from={first}&to={last}"
                counted = recount(self.park, list(self.orders), first, last, ZONE)
                assert total(self.park, period) == counted.pop("total", {})
                assert by_technician(self.park, period) == counted
            assert {row["zone"] for row in asked(self.park.manager, "by=zone").json["rows"]} <= {"North"}

    run_state_machine_as_test(
        ReportedRepairs, settings=settings(max_examples=examples(16, everyday=1 / 4), stateful_step_count=40)
    )

"""The arithmetic of what requests cost."""

import pytest

from tests.benchmarks.capacity import Units
from tests.benchmarks.costing import cost, function_ms


def test_a_small_function_computes_as_slowly_as_its_memory_says() -> None:
    assert function_ms(0.010, trips=0, memory_mb=1769) == pytest.approx(10)
    assert function_ms(0.010, trips=0, memory_mb=3538) == pytest.approx(10)
    assert function_ms(0.010, trips=3, memory_mb=512) == pytest.approx(10 * 1769 / 512 + 24)


def test_units_time_and_requests_are_paid_for() -> None:
    priced = cost(Units(read=4, write=16), took_ms=100, memory_mb=1024)
    assert priced.store == pytest.approx(4 * 0.125 + 16 * 0.625)
    assert priced.function == pytest.approx(0.20 + 100_000 * 0.0000133334)
    assert priced.total == pytest.approx(priced.store + priced.function + 3.50)

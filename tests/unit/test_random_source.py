from chalicelib.core.random_source import SystemRandomSource


def test_every_number_below_the_bound_comes_up_and_no_other() -> None:
    random_source = SystemRandomSource()
    assert {random_source.below(3) for _ in range(200)} == {0, 1, 2}
    assert random_source.below(1) == 0

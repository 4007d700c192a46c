from chalicelib.core.chance import SystemChance


def test_every_number_below_the_bound_comes_up_and_no_other() -> None:
    chance = SystemChance()
    assert {chance.below(3) for _ in range(200)} == {0, 1, 2}
    assert chance.below(1) == 0

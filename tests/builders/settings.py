"""Settings of organisations, as their administrators make them."""

from tests.builders.world import World


def set_time_zone(world: World, name: str) -> None:
    """Set the time zone of the first organisation."""
    answer = world.person("SYSTEM_ADMIN").put("/v1/organisation/settings/general", {"timezone": name})
    assert answer.status == 200, answer.text

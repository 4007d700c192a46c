"""The settings that all domains share: the time zone of an organisation."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from chalicelib.core.store import get
from chalicelib.identity.accounts.settings import GeneralSettings, general_settings
from chalicelib.identity.accounts.tables import organisation_key
from tests.builders.settings import set_time_zone
from tests.builders.world import DEMO, OTHER, World

SETTINGS = "/v1/organisation/settings/general"
_SCRIPT = """
import zoneinfo
zoneinfo.reset_tzpath(to=())
from datetime import UTC, datetime
from chalicelib.identity.accounts.settings import GeneralSettings
assert GeneralSettings.cross_check({"timezone": "Asia/Kathmandu"}) == {}
print(GeneralSettings("Asia/Kathmandu").local_date(datetime(2026, 3, 1, 18, 15, tzinfo=UTC)))
"""


def test_the_time_zone_is_utc_until_it_is_set(world: World) -> None:
    assert world.person("SYSTEM_ADMIN").get(SETTINGS).json["data"] == {"timezone": "UTC"}
    set_time_zone(world, "Europe/Amsterdam")
    assert world.person("SYSTEM_ADMIN").get(SETTINGS).json["data"] == {"timezone": "Europe/Amsterdam"}
    assert world.person("SYSTEM_ADMIN", OTHER).get(SETTINGS).json["data"] == {"timezone": "UTC"}


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "/etc/passwd", "../UTC", "europe/amsterdam", "posixrules"])
def test_an_unknown_time_zone_is_refused(world: World, name: str) -> None:
    answer = world.person("SYSTEM_ADMIN").put(SETTINGS, {"timezone": name})
    assert (answer.status, set(answer.fields)) == (422, {"timezone"})


@pytest.mark.parametrize("name", ["UTC", "Europe/Kyiv", "Asia/Kathmandu", "Pacific/Kiritimati", "America/St_Johns"])
def test_time_zones_of_the_iana_database_are_accepted(world: World, name: str) -> None:
    set_time_zone(world, name)
    assert general_settings(get(organisation_key(DEMO))).timezone == name


def test_a_day_begins_at_local_midnight() -> None:
    before, after = datetime(2026, 3, 1, 18, 14, 59, tzinfo=UTC), datetime(2026, 3, 1, 18, 15, tzinfo=UTC)
    settings = GeneralSettings("Asia/Kathmandu")
    assert [settings.local_date(moment).day for moment in (before, after)] == [1, 2]


def test_a_machine_without_a_time_zone_database_knows_the_time_zones() -> None:
    done = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout == "2026-03-02\n"

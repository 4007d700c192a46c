"""Searches for names of another organisation with many requests at once."""

from collections import Counter
from functools import partial

from chalicelib.identity.accounts.name_probing import MAX_TAKEN, MAX_TAKEN_IN_ORGANISATION
from tests.builders.world import OTHER, World
from tests.races.crowd import at_once

ADMIN = "SYSTEM_ADMIN"


def test_requests_at_once_disclose_no_more_names_than_one_after_the_other(arena: World) -> None:
    admin, person = arena.person(ADMIN), arena.person("courier")
    names = [f"elsewhere-{number}" for number in range(2 * MAX_TAKEN)]
    for name in names:
        arena.person("courier", OTHER, username=name)
    path = f"/v1/users/{person.user_id}"
    answers = at_once([partial(admin.patch, path, {"username": name}) for name in names])
    assert Counter(answer.code for answer in answers) == {"NAME_TAKEN": MAX_TAKEN, "RATE_LIMITED": MAX_TAKEN}


def test_callers_at_once_find_out_no_more_names_than_their_organisation_may(arena: World) -> None:
    admins, person = [arena.person(ADMIN) for _ in range(5)], arena.person("courier")
    names = [f"elsewhere-{number}" for number in range(MAX_TAKEN_IN_ORGANISATION + MAX_TAKEN)]
    for name in names:
        arena.person("courier", OTHER, username=name)
    path = f"/v1/users/{person.user_id}"
    calls = [partial(admins[place % 5].patch, path, {"username": name}) for place, name in enumerate(names)]
    codes = Counter(answer.code for answer in at_once(calls))
    assert codes == {"NAME_TAKEN": MAX_TAKEN_IN_ORGANISATION, "RATE_LIMITED": MAX_TAKEN}

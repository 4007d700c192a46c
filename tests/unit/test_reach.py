"""How far a permission reaches: own, zone, organisation."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.actor import Actor
from chalicelib.core.errors import AccessDenied
from chalicelib.identity.accounts.rules import readable_password
from chalicelib.identity.roles.default_permissions import SCOPES
from chalicelib.identity.roles.rules import covers

READ = "things.thing.read"
permissions = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(SCOPES))


def somebody(scope: str | None, zone: str | None = "north") -> Actor:
    held = {} if scope is None else {READ: scope}
    return Actor("demo", "me", permissions=held, game_zone=zone)


@pytest.mark.parametrize(
    ("scope", "mine", "in_my_zone", "elsewhere"),
    [
        (None, False, False, False),
        ("own", True, False, False),
        ("zone", True, True, False),
        ("org", True, True, True),
        ("galaxy", False, False, False),
    ],
)
def test_a_scope_reaches_what_it_says(scope: str | None, mine: bool, in_my_zone: bool, elsewhere: bool) -> None:
    person = somebody(scope)
    assert person.reaches(READ, owners=["another", "me"], zone="south") is mine
    assert person.reaches(READ, owners=["another"], zone="north") is in_my_zone
    assert person.reaches(READ, owners=["another"], zone="south") is elsewhere


def test_what_is_nobodys_and_nowhere_is_reached_by_the_whole_organisation_only() -> None:
    assert [somebody(scope).reaches(READ) for scope in SCOPES] == [False, False, True]


def test_who_has_no_zone_does_not_reach_what_has_none() -> None:
    assert not somebody("zone", zone=None).reaches(READ, owners=[None], zone=None)


def test_what_is_out_of_reach_is_refused_by_name() -> None:
    with pytest.raises(AccessDenied, match="not yours") as caught:
        somebody("own").require_reach(READ, owners=["another"], message="This is not yours.")
    assert caught.value.details == {"permission": READ}
    somebody("own").require_reach(READ, owners=["me"])


@given(permissions, permissions)
def test_permissions_cover_others_exactly_if_nothing_is_allowed_there_that_is_not_here(
    held: dict[str, str], wanted: dict[str, str]
) -> None:
    narrower = {code: scope for code, scope in wanted.items() if code in held and covers(held, {code: scope})}
    assert covers(held, narrower)
    assert covers(held, wanted) is (narrower == wanted)
    assert covers(dict.fromkeys("abcd", "org"), held)


@given(st.text(alphabet=string.ascii_letters, min_size=43, max_size=43))
def test_a_made_up_password_is_long_and_has_nothing_in_it_that_is_mistaken_for_another(secret: str) -> None:
    made = readable_password(secret)
    assert (len(made), made.count("-")) == (23, 3)
    assert not set(made) & set("01lio")

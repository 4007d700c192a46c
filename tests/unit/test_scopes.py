"""Scopes and coverage of permissions."""

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
def test_scope_covers_its_entities(scope: str | None, mine: bool, in_my_zone: bool, elsewhere: bool) -> None:
    person = somebody(scope)
    assert person.reaches(READ, owners=["another", "me"], zone="south") is mine
    assert person.reaches(READ, owners=["another"], zone="north") is in_my_zone
    assert person.reaches(READ, owners=["another"], zone="south") is elsewhere


def test_entity_without_owner_and_zone_needs_organisation_scope() -> None:
    assert [somebody(scope).reaches(READ) for scope in SCOPES] == [False, False, True]


def test_actor_without_zone_does_not_cover_entity_without_zone() -> None:
    assert not somebody("zone", zone=None).reaches(READ, owners=[None], zone=None)


def test_require_reach_names_permission() -> None:
    with pytest.raises(AccessDenied, match="not yours") as caught:
        somebody("own").require_reach(READ, owners=["another"], message="This is not yours.")
    assert caught.value.details == {"permission": READ}
    somebody("own").require_reach(READ, owners=["me"])


@given(permissions, permissions)
def test_covers_is_subset_of_permissions(held: dict[str, str], wanted: dict[str, str]) -> None:
    narrower = {code: scope for code, scope in wanted.items() if code in held and covers(held, {code: scope})}
    assert covers(held, narrower)
    assert covers(held, wanted) is (narrower == wanted)
    assert covers(dict.fromkeys("abcd", "org"), held)


@given(st.text(alphabet=string.ascii_letters, min_size=43, max_size=43))
def test_readable_password_is_long_and_unambiguous(secret: str) -> None:
    made = readable_password(secret)
    assert (len(made), made.count("-")) == (23, 3)
    assert not set(made) & set("01lio")

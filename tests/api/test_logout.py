"""Logout, and a search for secrets in logs, tables and audit rows."""

import pytest

from tests.builders.logs import listening
from tests.builders.sign_in import CONSOLE, PASSWORD, SCANNER, Form, create_anna, hashed, items, works
from tests.builders.world import OTHER, Person, World


@pytest.fixture(params=[CONSOLE, SCANNER], ids=["console", "scanner"])
def form(request: pytest.FixtureRequest) -> Form:
    """Both clients' forms."""
    chosen: Form = request.param
    return chosen


@pytest.fixture
def anna(world: World) -> Person:
    """A user with a password, an e-mail address and a phone number."""
    return create_anna(world)


# --- signing out -----------------------------------------------------------------------------------------------


def test_logout_ends_session_at_once(world: World, anna: Person, form: Form) -> None:
    access, refresh = form.tokens(form.login(world))
    answer = form.logout(world, access, refresh)
    assert (answer.status, answer.text) == (204, "")
    assert not works(world, access)
    assert form.renew(world, refresh).code == "AUTH_INVALID"
    assert form.logout(world, access, refresh).code == "AUTH_INVALID"


def test_logout_of_another_own_session(world: World, anna: Person, form: Form) -> None:
    phone, tablet = (form.tokens(form.login(world)) for _ in range(2))
    assert form.logout(world, phone[0], tablet[1]).status == 204
    assert (works(world, phone[0]), works(world, tablet[0])) == (True, False)
    assert form.logout(world, phone[0], tablet[1]).status == 204


def test_logout_of_expired_session_is_no_error(world: World, anna: Person, form: Form) -> None:
    _, old = form.tokens(form.login(world))
    world.clock.advance(days=30)
    access, _ = form.tokens(form.login(world))
    assert form.logout(world, access, old).status == 204


def test_logout_ignores_sessions_of_other_users(world: World, anna: Person, form: Form) -> None:
    access, refresh = form.tokens(form.login(world))
    form.logout(world, world.person("customer").token, refresh)
    form.logout(world, world.person("customer", OTHER).token, refresh)
    assert works(world, access)


# --- secrets ---------------------------------------------------------------------------------------------------


def test_secrets_are_never_logged_stored_or_audited(world: World, anna: Person, form: Form) -> None:
    with listening() as logged:
        access, spent = form.tokens(form.login(world, idempotency_key="k"))
        form.login(world, "anna", "wrong password")
        new_access, refresh = form.tokens(form.renew(world, spent))
        form.renew(world, spent)
        form.renew(world, refresh)
        form.logout(world, new_access, refresh)
    secrets = [PASSWORD, "wrong password", access, new_access, spent, refresh]
    secrets += [token.rpartition(".")[2] for token in (spent, refresh)]
    stored = str(list(items()))
    assert not [secret for secret in secrets if secret in logged.text or secret in stored]
    audited = str([row.serialize() for row in world.audit()])
    assert hashed() not in audited
    assert "SESSION_STARTED" in audited

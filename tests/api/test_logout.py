"""Logout, and a search for secrets in logs, tables and audit rows."""

import pytest

from tests.builders.logs import listening
from tests.builders.sign_in import CONSOLE, PASSWORD, SCANNER, Form, create_anna, hashed, items, works
from tests.builders.world import Person, World


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
    assert form.logout(world, access, refresh).status == 204


@pytest.mark.parametrize("access", [None, "", "no token", "expired"])
def test_logout_needs_only_the_refresh_token(world: World, anna: Person, form: Form, access: str | None) -> None:
    expired, refresh = form.tokens(form.login(world))
    world.clock.advance(hours=2)
    assert form.logout(world, expired if access == "expired" else access, refresh).status == 204
    assert form.renew(world, refresh).code == "AUTH_INVALID"


@pytest.mark.parametrize("query", ["?x=1", "?refreshToken=a", "?_a=%FF"])
def test_logout_ignores_query_parameters(world: World, anna: Person, form: Form, query: str) -> None:
    access, refresh = form.tokens(form.login(world))
    path = "/auth/logout" if form is SCANNER else "/v1/auth/logout"
    body = {"refresh_token" if form is SCANNER else "refreshToken": refresh}
    assert world.call("POST", f"{path}{query}", body).status == 204
    assert not works(world, access)


@pytest.mark.parametrize("spent", [1, 2])
def test_logout_with_an_older_refresh_token_ends_session(world: World, anna: Person, form: Form, spent: int) -> None:
    access, old = form.tokens(form.login(world))
    newest = old
    for _ in range(spent):
        access, newest = form.tokens(form.renew(world, newest))
    assert form.logout(world, None, old).status == 204
    assert not works(world, access)


def test_logout_of_another_own_session_ends_both(world: World, anna: Person, form: Form) -> None:
    phone, tablet = (form.tokens(form.login(world)) for _ in range(2))
    assert form.logout(world, phone[0], tablet[1]).status == 204
    assert (works(world, phone[0]), works(world, tablet[0])) == (False, False)


def test_logout_of_expired_session_is_no_error(world: World, anna: Person, form: Form) -> None:
    _, old = form.tokens(form.login(world))
    world.clock.advance(days=30)
    assert form.logout(world, None, old).status == 204


BODIES = (b"", b"null", b"[]", b"{", b"\xff", b'{"refreshToken": 7}', b'{"other": "x"}', b"token=abc", b'"x"')


@pytest.mark.parametrize("raw", BODIES)
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded"])
def test_logout_with_any_body_ends_session_of_bearer(
    world: World, anna: Person, form: Form, raw: bytes, kind: str
) -> None:
    access, _ = form.tokens(form.login(world))
    path, headers = f"{form.prefix}/auth/logout", {"content-type": kind}
    assert world.call("POST", path, raw=raw, headers=headers).status == 204
    assert works(world, access)
    assert world.call("POST", path, raw=raw, headers=headers, token=access).status == 204
    assert not works(world, access)


@pytest.mark.parametrize("name", ["refreshToken", "refresh_token"])
def test_logout_reads_the_token_in_either_form(world: World, anna: Person, form: Form, name: str) -> None:
    access, refresh = form.tokens(form.login(world))
    body = {name: refresh, "device": "phone"}
    assert world.call("POST", f"{form.prefix}/auth/logout", body).status == 204
    assert not works(world, access)


def test_logout_without_valid_tokens_leaves_no_audit_row(world: World, anna: Person, form: Form) -> None:
    access, refresh = form.tokens(form.login(world))
    forged = refresh.rpartition(".")[0] + "." + "s" * 43
    before = len(world.audit())
    for token in ("", "x" * 600, forged, "demo.nobody.none." + "s" * 43):
        assert form.logout(world, None, token).status == 204
    assert len(world.audit()) == before
    assert works(world, access)


def test_logout_is_audited_as_the_end_of_that_session(world: World, anna: Person, form: Form) -> None:
    _, refresh = form.tokens(form.login(world))
    assert form.logout(world, None, refresh).status == 204
    [row] = [row for row in world.audit() if row.action_type == "SESSION_ENDED"]
    assert (row.actor_id, row.entity_type, row.entity_id) == (anna.user_id, "session", refresh.split(".")[2])
    assert '"end_reason":[null,"SIGNED_OUT"]' in (row.payload_diff or "")


# --- secrets ---------------------------------------------------------------------------------------------------


def test_secrets_are_never_logged_stored_or_audited(world: World, anna: Person, form: Form) -> None:
    with listening() as logged:
        access, spent = form.tokens(form.login(world, idempotency_key="k"))
        form.login(world, "anna", "wrong password")
        new_access, refresh = form.tokens(form.renew(world, spent))
        form.renew(world, spent)
        new_access, newest = form.tokens(form.renew(world, refresh))
        form.logout(world, new_access, refresh)
    secrets = [PASSWORD, "wrong password", access, new_access, spent, refresh, newest]
    secrets += [token.rpartition(".")[2] for token in (spent, refresh, newest)]
    stored = str(list(items()))
    assert not [secret for secret in secrets if secret in logged.text or secret in stored]
    audited = str([row.serialize() for row in world.audit()])
    assert hashed() not in audited
    assert "SESSION_STARTED" in audited

"""docs/permissions.md agrees with the default permissions."""

import pytest

from chalicelib.identity.roles.default_permissions import ADMIN_ROLE, DEFAULT_PERMISSIONS, PERMISSIONS, ROLES, SCOPES
from infra import permissions_page


def test_the_page_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert permissions_page.main(["--check"]) == 0, capsys.readouterr().out


def test_the_page_names_every_role_and_every_permission() -> None:
    text = permissions_page.page()
    assert [name for name in (*ROLES, *PERMISSIONS) if f"`{name}`" not in text] == []


def test_every_role_has_a_line_of_its_own_in_the_matrix_and_only_known_permissions() -> None:
    assert set(DEFAULT_PERMISSIONS) == set(ROLES)
    for held in DEFAULT_PERMISSIONS.values():
        assert held.keys() <= PERMISSIONS.keys()
        assert set(held.values()) <= set(SCOPES)


def test_the_administrator_holds_everything_everywhere() -> None:
    assert dict(DEFAULT_PERMISSIONS[ADMIN_ROLE]) == dict.fromkeys(PERMISSIONS, "org")


def test_every_role_may_sign_out_and_read_its_own_user() -> None:
    for role in ROLES:
        assert DEFAULT_PERMISSIONS[role].keys() >= {"identity.session.end", "identity.profile.read"}, role

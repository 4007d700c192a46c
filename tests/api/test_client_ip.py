"""Rate limits by client address behind a custom domain."""

import json
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from chalicelib.core.settings import Secret, settings
from tests.builders.logs import listening
from tests.builders.signing_in import PASSWORD, anna
from tests.builders.world import Answer, World

KEY, SHOWN, BEFORE = "a key of tokens " * 3, "the proof that is shown " * 2, "the proof before " * 3
ONE, OTHER = "198.51.100.7", "203.0.113.9"
MOST = 3

Attempt = Callable[..., Answer]


def behind(world: World, **proofs: str) -> World:
    """The world with a domain in front of it, and few tries for each address."""
    document = json.dumps({"current": "k1", "keys": {"k1": KEY}, **proofs})
    world.reset_parts(replace(settings(), token_keys=Secret(document), address_logins_per_minute=MOST))
    return world


@pytest.fixture
def domain(world: World) -> World:
    """A domain whose proof is being changed."""
    return behind(world, proof_a=BEFORE, proof_b=SHOWN)


def through(viewer: str, proof: str = SHOWN) -> dict[str, str]:
    """What a request has that came through the distribution."""
    return {"X-Baton-Viewer": viewer, "X-Baton-Proof": proof}


def sign_in(world: World, number: int, headers: dict[str, str]) -> Answer:
    """Somebody new tries to sign in."""
    body = {"identifier": f"somebody-{number}", "password": "not the password"}
    return world.call("POST", "/v1/auth/login", body, headers=headers)


def forget(world: World, number: int, headers: dict[str, str]) -> Answer:
    """Somebody new has forgotten their password."""
    return world.call("POST", "/v1/auth/forgot-password", {"identifier": f"somebody-{number}"}, headers=headers)


def reset(world: World, number: int, headers: dict[str, str]) -> Answer:
    """A guess at a reset token."""
    body = {"token": f"{number:043}", "newPassword": "shorter than a horse"}
    return world.call("POST", "/v1/auth/reset-password", body, headers=headers)


def refused(world: World, headers: dict[str, str], attempt: Attempt = reset) -> list[bool]:
    """Which of some tries were refused because there were too many from one address."""
    return [attempt(world, number, headers).status == 429 for number in range(MOST + 1)]


ALL_BUT_THE_LAST = [False] * MOST + [True]


@pytest.mark.parametrize("attempt", [sign_in, forget, reset])
def test_clients_of_one_domain_have_separate_limits(domain: World, attempt: Attempt) -> None:
    assert refused(domain, through(ONE), attempt) == ALL_BUT_THE_LAST
    assert refused(domain, through(OTHER), attempt) == ALL_BUT_THE_LAST


def test_both_proofs_share_one_limit(domain: World) -> None:
    assert refused(domain, through(ONE, BEFORE)) == ALL_BUT_THE_LAST
    assert refused(domain, through(ONE, SHOWN)) == [True] * (MOST + 1)


@pytest.mark.parametrize(
    "proof", [{}, {"X-Baton-Proof": ""}, {"X-Baton-Proof": "guessed"}, {"X-Baton-Proof": SHOWN[:-1]}]
)
def test_forged_address_without_proof_gets_no_new_limit(domain: World, proof: dict[str, str]) -> None:
    assert refused(domain, {}) == ALL_BUT_THE_LAST
    for number in range(5):
        forged = {"X-Baton-Viewer": f"203.0.113.{number}", "CloudFront-Viewer-Address": f"203.0.113.{number}:443"}
        assert reset(domain, number, {**forged, "X-Forwarded-For": ONE, **proof}).status == 429


def test_direct_caller_cannot_use_up_limit_of_domain_client(domain: World) -> None:
    refused(domain, {"X-Baton-Viewer": ONE})
    assert refused(domain, through(ONE)) == ALL_BUT_THE_LAST


def test_invalid_viewer_address_counts_as_source_address(domain: World) -> None:
    assert refused(domain, through("nobody")) == ALL_BUT_THE_LAST
    assert reset(domain, 9, through("198.51.100.7:443")).status == 429
    assert reset(domain, 9, {}).status == 429


def test_without_domain_viewer_address_is_ignored(world: World) -> None:
    behind(world)
    assert refused(world, through(ONE)) == ALL_BUT_THE_LAST
    assert refused(world, through(OTHER)) == [True] * (MOST + 1)


def test_ipv6_network_has_one_limit(domain: World) -> None:
    """A client chooses the second half of its address as it likes, and has 2 to the power of 64 to choose from."""
    tries = [reset(domain, number, through(f"2001:db8:0:1::{number}")).status for number in range(MOST + 1)]
    assert tries == [401] * MOST + [429]
    assert reset(domain, 9, through("2001:db8:0:2::1")).status == 401


def test_proof_appears_in_no_response_audit_row_or_log(domain: World) -> None:
    anna(domain)
    with listening() as lines:
        good = {"identifier": "anna", "password": PASSWORD}
        answers = [domain.call("POST", "/v1/auth/login", good, headers=through(ONE))]
        answers += [reset(domain, number, through(ONE)) for number in range(MOST + 1)]
        answers.append(domain.call("POST", "/v1/auth/login", raw=b"{", headers=through(ONE)))
        answers.append(domain.call("GET", "/v1/me", headers=through(ONE)))
    assert [answer.status for answer in answers] == [200, 401, 401, 401, 429, 400, 401]
    assert lines.text
    told = [lines.text, *(f"{answer.headers}{answer.text}" for answer in answers)]
    told += [json.dumps(row.to_simple_dict(), default=str) for row in domain.audit()]
    assert not any(SHOWN in text or "baton-proof" in text.lower() for text in told)


def test_openapi_does_not_mention_proof(domain: World) -> None:
    described = domain.call("GET", "/v1/openapi.json").text
    assert "X-Request-Id" in described
    assert "x-baton" not in described.lower()

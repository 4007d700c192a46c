"""Access tokens: signatures, times, keys and their rotation."""

import base64
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from botocore.stub import Stubber
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.core import aws
from chalicelib.core.errors import AuthExpired, AuthInvalid
from chalicelib.core.ids import SystemIds
from chalicelib.core.settings import Secret, Settings, SettingsError
from chalicelib.identity.sessions.rules import RefreshParts
from chalicelib.identity.sessions.tokens import AccessTokens, Claims
from tests.builders.logs import listening
from tests.builders.time import START, ManualClock

OLD, NEW = "the old key " * 6, "the new key " * 6
ANNA = Claims("demo", "anna", "courier", "session-1")


def ring(current: str = "k1", **keys: str) -> Settings:
    """Settings with these keys."""
    document = {"current": current, "keys": keys or {"k1": OLD}}
    return Settings(stage="test", token_keys=Secret(json.dumps(document)))


def tokens(clock: ManualClock | None = None, config: Settings | None = None) -> AccessTokens:
    """A signer over `config`'s keys."""
    return AccessTokens(config or ring(), clock or ManualClock())


def payload(**changed: Any) -> dict[str, Any]:
    """What a good token says, with some of it changed."""
    now = int(START.timestamp())
    return {
        "iss": "baton",
        "aud": "baton-test",
        "sub": "anna",
        "org": "demo",
        "role": "courier",
        "sid": "session-1",
        "iat": now,
        "nbf": now,
        "exp": now + 3600,
        **changed,
    }


def forged(key: str = OLD, algorithm: str = "HS256", header: dict[str, Any] | None = None, **changed: Any) -> str:
    """A token that somebody made with whatever they have."""
    return jwt.encode(payload(**changed), key, algorithm, headers={"kid": "k1"} if header is None else header)


def test_verify_returns_signed_claims() -> None:
    assert tokens().verify(tokens().sign(ANNA)) == ANNA
    assert tokens().verify(forged()) == ANNA


# --- times -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after_s", "error"), [(0, None), (3600, None), (3630, None), (3630.001, AuthExpired), (10**6, AuthExpired)]
)
def test_token_is_valid_for_lifetime_and_skew(after_s: float, error: type[Exception] | None) -> None:
    clock = ManualClock()
    signer = tokens(clock)
    token = signer.sign(ANNA)
    clock.advance(seconds=after_s)
    if error is None:
        assert signer.verify(token) == ANNA
    else:
        with pytest.raises(error):
            signer.verify(token)


def test_clock_skew_is_tolerated() -> None:
    token = tokens().sign(ANNA)
    assert tokens(ManualClock(START - timedelta(seconds=30))).verify(token) == ANNA
    with pytest.raises(AuthInvalid):
        tokens(ManualClock(START - timedelta(seconds=31))).verify(token)


# --- keys ------------------------------------------------------------------------------------------------------


def test_key_rotation_keeps_tokens_valid() -> None:
    before = tokens(config=ring("k1", k1=OLD)).sign(ANNA)
    during = tokens(config=ring("k2", k1=OLD, k2=NEW))
    assert during.verify(before) == ANNA
    after = tokens(config=ring("k2", k2=NEW))
    assert after.verify(during.sign(ANNA)) == ANNA
    with pytest.raises(AuthInvalid):
        after.verify(before)


def test_cached_token_is_refused_after_expiry_or_key_removal() -> None:
    clock = ManualClock()
    token = tokens(clock).sign(ANNA)
    assert tokens(clock).verify(token) == ANNA
    with pytest.raises(AuthInvalid):
        tokens(clock, ring("k2", k2=NEW)).verify(token)
    with pytest.raises(AuthInvalid):
        tokens(clock, ring("k1", k1=NEW)).verify(token)
    clock.advance(hours=2)
    with pytest.raises(AuthExpired):
        tokens(clock).verify(token)


def test_token_names_its_key() -> None:
    token = tokens(config=ring("k2", k1=OLD, k2=NEW)).sign(ANNA)
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT", "kid": "k2"}


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "[]",
        json.dumps({"current": "k1", "keys": {"k1": "x" * 31}}),
        json.dumps({"current": "k2", "keys": {"k1": OLD}}),
        json.dumps({"current": "k1", "keys": {"k1": OLD, "k0": "short"}}),
        json.dumps({"current": "k1", "keys": {"k1": 7}}),
        json.dumps({"current": "k1", "keys": {"k1": OLD}, "more": OLD}),
        json.dumps({"current": "k1", "keys": {"k1": OLD}, "proof_a": "x" * 31}),
        json.dumps({"current": "k1", "keys": {"k1": OLD}, "proof_b": [OLD]}),
    ],
)
def test_invalid_keys_are_refused_and_not_shown(text: str) -> None:
    with pytest.raises(SettingsError, match="BATON_TOKEN_KEYS") as caught:
        tokens(config=Settings(stage="test", token_keys=Secret(text))).sign(ANNA)
    told = f"{caught.value!r} {caught.value.__cause__!r}"
    assert OLD not in told
    assert "x" * 31 not in told


def test_keys_are_read_again_from_secrets_manager() -> None:
    """Once for five minutes, so a rotation needs no restart and sign-ins need no secret each."""
    clock = ManualClock()
    signer = AccessTokens(Settings(stage="test"), clock)
    first = json.dumps({"current": "k1", "keys": {"k1": OLD}})
    rotated = json.dumps({"current": "k2", "keys": {"k1": OLD, "k2": NEW}})
    with Stubber(aws.client("secretsmanager")) as secrets:
        for text in (first, rotated):
            secrets.add_response("get_secret_value", {"SecretString": text}, {"SecretId": "baton-test-token-keys"})
        before = signer.sign(ANNA)
        clock.advance(minutes=5)
        assert jwt.get_unverified_header(signer.sign(ANNA))["kid"] == "k1"
        clock.advance(seconds=1)
        after = signer.sign(ANNA)
        assert jwt.get_unverified_header(after)["kid"] == "k2"
        assert signer.verify(before) == signer.verify(after) == ANNA
        secrets.assert_no_pending_responses()


def test_secret_name_can_be_configured() -> None:
    with Stubber(aws.client("secretsmanager")) as secrets:
        text = json.dumps({"current": "k1", "keys": {"k1": OLD}})
        secrets.add_response("get_secret_value", {"SecretString": text}, {"SecretId": "arn:of:another"})
        signer = AccessTokens(Settings(stage="test", token_keys_secret="arn:of:another"), ManualClock())
        assert signer.verify(signer.sign(ANNA)) == ANNA


# --- proofs of the distribution --------------------------------------------------------------------------------

ONE, OTHER = "one proof, " * 4, "another proof, " * 4


def proving(**proofs: str) -> AccessTokens:
    """A signer whose secret has these proofs beside its keys."""
    document = {"current": "k1", "keys": {"k1": OLD}, **proofs}
    return tokens(config=Settings(stage="test", token_keys=Secret(json.dumps(document))))


def test_both_proofs_are_accepted_during_rotation() -> None:
    both = proving(proof_a=ONE, proof_b=OTHER)
    assert both.proves(Secret(ONE))
    assert both.proves(Secret(OTHER))
    assert both.verify(both.sign(ANNA)) == ANNA


@pytest.mark.parametrize("proofs", [{"proof_a": ONE}, {"proof_b": ONE}])
@pytest.mark.parametrize("offered", [OTHER, ONE[:-1], ONE + " ", ONE.upper(), OLD, "", "é", "\ud800"])
def test_other_text_is_no_proof(proofs: dict[str, str], offered: str) -> None:
    assert proving(**proofs).proves(Secret(ONE))
    assert not proving(**proofs).proves(Secret(offered))


@pytest.mark.parametrize("offered", [ONE, OLD, ""])
def test_no_proof_without_configured_proofs(offered: str) -> None:
    assert not proving().proves(Secret(offered))


def test_proofs_and_keys_take_one_read() -> None:
    text = json.dumps({"current": "k1", "keys": {"k1": OLD}, "proof_a": ONE})
    with Stubber(aws.client("secretsmanager")) as secrets:
        secrets.add_response("get_secret_value", {"SecretString": text}, {"SecretId": "baton-test-token-keys"})
        signer = AccessTokens(Settings(stage="test"), ManualClock())
        assert signer.proves(Secret(ONE))
        assert signer.verify(signer.sign(ANNA)) == ANNA


def test_unreadable_proofs_are_refused_without_error() -> None:
    with Stubber(aws.client("secretsmanager")) as secrets, listening() as lines:
        secrets.add_client_error("get_secret_value", "AccessDeniedException")
        assert not AccessTokens(Settings(stage="test"), ManualClock()).proves(Secret(ONE))
    assert lines.last["level"] == "ERROR"
    assert ONE not in lines.text


# --- what is no token of ours ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "token",
    [
        forged(key=NEW),
        forged(algorithm="HS512"),
        forged(algorithm="HS384"),
        jwt.encode(payload(), "", "none", headers={"kid": "k1"}),
        forged(header={}),
        forged(header={"kid": "k9"}),
        forged(header={"kid": ""}),
        forged(aud="baton-prod"),
        forged(aud=["baton-prod"]),
        forged(iss="somebody"),
        forged(nbf=int(START.timestamp()) + 31),
        forged(exp="tomorrow"),
        forged(exp=[1]),
        forged(exp=float("nan")),
        forged(exp=float("inf")),
        forged(exp=10**30),
        forged(nbf=-(10**30)),
        forged(org=""),
        forged(sid=7),
        forged(role=["courier"]),
    ],
)
def test_other_tokens_are_refused(token: str) -> None:
    with pytest.raises(AuthInvalid) as caught:
        tokens().verify(token)
    assert not isinstance(caught.value, AuthExpired)


@pytest.mark.parametrize("claim", sorted(payload()))
def test_token_without_required_claim_is_refused(claim: str) -> None:
    said = payload()
    del said[claim]
    with pytest.raises(AuthInvalid):
        tokens().verify(jwt.encode(said, OLD, "HS256", headers={"kid": "k1"}))


def test_public_key_of_other_algorithm_is_refused() -> None:
    """The header may say what it likes: it does not choose the algorithm."""
    header, body, _ = forged().split(".")
    for algorithm in ("none", "None", "RS256", "hs256", ""):
        said = json.loads(base64.urlsafe_b64decode(header + "=="))
        said["alg"] = algorithm
        lied = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
        for signature in ("", "AAAA"):
            with pytest.raises(AuthInvalid):
                tokens().verify(f"{lied}.{body}.{signature}")


def test_refresh_token_is_refused_as_access_token() -> None:
    ids = SystemIds(ManualClock())
    with pytest.raises(AuthInvalid):
        tokens().verify(RefreshParts("demo", ids.new(), ids.new(), ids.token()).text)


def _deep(nested: str) -> str:
    """A token whose header is nested deeper than a parser likes."""
    return base64.urlsafe_b64encode(nested.encode()).decode().rstrip("=") + ".e30.AAAA"


@given(st.text())
@example("")
@example(".")
@example("..")
@example("a.b.c")
@example("\ud800.\ud800.x")
@example("é.é.é")
@example(_deep("[" * 5000))
@example(_deep('{"alg":"HS256","kid":' + "[" * 5000))
@example(_deep('{"alg":"HS256","kid":["k1"]}'))
@example(_deep('{"alg":"HS256","kid":{}}'))
@example(_deep('{"alg":"HS256","kid":"k1","crit":["x"]}'))
@example(_deep('{"alg":"HS256","kid":' + "9" * 5000 + "}"))
def test_forged_token_is_refused(text: str) -> None:
    with pytest.raises(AuthInvalid):
        tokens().verify(text)


@given(st.data())
def test_altered_token_is_refused(data: st.DataObject) -> None:
    """Only the last character may have bits that do not count."""
    good = forged()
    place = data.draw(st.integers(min_value=0, max_value=len(good) - 2))
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != good[place]))
    with pytest.raises(AuthInvalid):
        tokens().verify(good[:place] + other + good[place + 1 :])


# --- seals -------------------------------------------------------------------------------------------------------


def test_a_seal_names_its_key_and_depends_on_message_and_key() -> None:
    two = tokens(config=ring("k2", k1=OLD, k2=NEW))
    seals = {two.seal(b"a"), two.seal(b"b"), two.seal(b"a", "k1")}
    assert len(seals) == 3
    assert [str(two.seal(b"a", kid)).partition(":")[0] for kid in (None, "k1")] == ["k2", "k1"]
    assert two.seal(b"a", "k1") == tokens(config=ring("k1", k1=OLD)).seal(b"a")


def test_a_removed_key_seals_nothing() -> None:
    assert tokens(config=ring("k2", k2=NEW)).seal(b"a", "k1") is None

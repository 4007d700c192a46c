"""Rotation of the proof of the CloudFront distribution: the proof in use is always accepted."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from botocore.stub import ANY, Stubber

from chalicelib.core import aws
from chalicelib.core.settings import Secret, Settings
from chalicelib.identity.sessions.tokens import AccessTokens, KeyDocument
from infra import keys, proofs
from infra.keys import StepRefused
from tests.builders.time import ManualClock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEYS = keys.init(None, NOON)


def later(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def believed(document: KeyDocument, proof: str) -> bool:
    """Return whether functions that have read this document accept the proof."""
    text = msgspec.json.encode(document).decode()
    return AccessTokens(Settings(token_keys=Secret(text)), ManualClock()).proves(Secret(proof))


def test_proof_is_accepted_at_every_time_of_a_rotation() -> None:
    """Functions with the new secret and functions with the old one accept it."""
    first = proofs.add(KEYS, NOON)
    old = first.proof_a
    added = proofs.add(first, later(1))
    assert believed(first, old)
    assert believed(added, old)
    assert believed(added, added.proof_b)
    retired = proofs.retire(added, later(90))
    assert believed(retired, added.proof_b)
    assert not believed(retired, old)


def test_proofs_alternate_between_slots_and_the_older_one_is_deleted() -> None:
    document, held = proofs.add(KEYS, NOON), []
    for turn in range(3):
        document = proofs.retire(proofs.add(document, later(turn + 1)), later(turn + 1))
        held.append([place for place in proofs.SLOTS if getattr(document, place)])
    assert held == [["proof_b"], ["proof_a"], ["proof_b"]]


def test_the_keys_beside_the_proofs_are_left_as_they_are() -> None:
    document = proofs.retire(proofs.add(proofs.add(KEYS, NOON), later(1)), later(2))
    assert (document.current, document.keys) == (KEYS.current, KEYS.keys)


def test_proofs_are_long_and_never_the_same() -> None:
    one, other = proofs.add(KEYS, NOON).proof_a, proofs.add(KEYS, NOON).proof_a
    assert len(one.partition(".")[2]) >= 64
    assert one != other


def test_secret_without_proofs_has_no_proof_fields() -> None:
    """Releases without proofs can read it."""
    assert set(msgspec.to_builtins(KEYS)) == {"current", "keys"}


def test_a_step_changes_the_secret_of_the_stage_and_prints_no_proof(capsys: pytest.CaptureFixture[str]) -> None:
    first = proofs.add(KEYS, NOON)
    written = {"SecretId": "baton-prod-token-keys", "SecretString": ANY}
    with Stubber(aws.client("secretsmanager")) as secrets:
        secrets.add_response(
            "get_secret_value",
            {"SecretString": msgspec.json.encode(first).decode()},
            {"SecretId": "baton-prod-token-keys"},
        )
        secrets.add_response("put_secret_value", {}, written)
        assert proofs.main(["add", "--stage", "prod"], lambda: later(1)) == 0
        secrets.assert_no_pending_responses()
    assert capsys.readouterr().out == "proof_a  20260301T120000Z\nproof_b  20260301T120100Z\n"


def test_steps_out_of_order_are_refused_with_what_to_do() -> None:
    first = proofs.add(KEYS, NOON)
    with pytest.raises(StepRefused, match="`init` creates"):
        proofs.add(None, NOON)
    with pytest.raises(StepRefused, match="`retire` the older"):
        proofs.add(proofs.add(first, later(1)), later(2))
    for document in (KEYS, first):
        with pytest.raises(StepRefused, match="`add` creates"):
            proofs.retire(document, later(1))


def test_report_contains_slots_and_no_proof() -> None:
    both = proofs.add(proofs.add(KEYS, NOON), later(1))
    assert proofs.report(both) == "proof_a  20260301T120000Z\nproof_b  20260301T120100Z"
    turned = proofs.add(proofs.retire(both, later(2)), later(3))
    assert proofs.report(turned) == "proof_b  20260301T120100Z\nproof_a  20260301T120300Z"
    assert proofs.report(KEYS) == proofs.report(None) == "No proofs: client addresses are those that API Gateway sees."

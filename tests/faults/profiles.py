"""The profiles of faults, as data: each names the faults of a call to the engine and their probabilities.

late, very_late    the answer takes up to half a second, or longer than the product waits for it
reset_before       the connection is reset, and the request did not reach the engine
reset_after        the same, but the engine carried the request out
throttle           the engine throttles, as DynamoDB says it for this operation
conflict           a write conflicts with another transaction
error_before, error_after   500 `InternalServerError`; the request was, or was not, carried out
no_body            500 without a body
short              the connection ends in the middle of the body
wrong_crc          the checksum does not fit the body
html, html_ok      a page of HTML in place of the answer, with status 503 or 200
empty              status 200 without a body
unprocessed        a part of the keys of a batch is not processed
one_item           a page of a query ends after one item
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Profile:
    """A name, the probability of each fault per call, and how often processes are killed (seconds; 0: never)."""

    name: str
    faults: Mapping[str, float] = field(default_factory=dict)
    kill_product_every_s: float = 0.0
    kill_engine_every_s: float = 0.0


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("calm"),
        Profile("slow", {"late": 0.2, "very_late": 0.01}),
        Profile("resets", {"reset_before": 0.03, "reset_after": 0.03}),
        Profile("throttling", {"throttle": 0.08}),
        Profile("conflicts", {"conflict": 0.15}),
        Profile("errors", {"error_before": 0.03, "error_after": 0.03, "no_body": 0.02}),
        Profile("cut", {"short": 0.04, "wrong_crc": 0.02}),
        Profile("odd", {"html": 0.03, "html_ok": 0.02, "empty": 0.02}),
        Profile("unprocessed", {"unprocessed": 0.5}),
        Profile("pages", {"one_item": 1.0}),
        Profile("kills", {}, kill_product_every_s=12.0, kill_engine_every_s=6.0),
        Profile(
            "everything",
            {
                "late": 0.02,
                "very_late": 0.002,
                "reset_before": 0.005,
                "reset_after": 0.005,
                "throttle": 0.01,
                "conflict": 0.02,
                "error_before": 0.005,
                "error_after": 0.005,
                "no_body": 0.003,
                "short": 0.005,
                "wrong_crc": 0.003,
                "html": 0.003,
                "html_ok": 0.003,
                "empty": 0.003,
                "unprocessed": 0.05,
                "one_item": 0.2,
            },
            kill_product_every_s=30.0,
            kill_engine_every_s=15.0,
        ),
    )
}

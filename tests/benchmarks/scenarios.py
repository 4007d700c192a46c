"""The endpoints, each with a usual request in a usual situation, and open sockets.

`prepare` makes the situation through the API and gives the request. Everything that happens to be there besides (a
few other couriers, earlier deliveries) is what the endpoint would meet on a working day.
"""

from __future__ import annotations

from functools import partial

from chalicelib.identity.accounts.passwords import hash_password, matches
from tests.benchmarks import scenarios_held_line as held_line
from tests.benchmarks import scenarios_line as line
from tests.benchmarks import scenarios_maintenance as maintenance
from tests.benchmarks import scenarios_notices as notices
from tests.benchmarks import scenarios_packing as packing
from tests.benchmarks import scenarios_people as people
from tests.benchmarks import scenarios_picking as picking
from tests.benchmarks import scenarios_trace as trace
from tests.benchmarks.scenarios_dispatch import DISPATCH
from tests.benchmarks.scenarios_passwords import PASSWORDS
from tests.benchmarks.scenarios_photos import PHOTOS
from tests.benchmarks.stage import Hit, Scenario, Stage
from tests.builders import dispatch

PASSWORD = "correct horse battery staple"


def _signing_in(stage: Stage) -> dict[str, str]:
    stage.world.person("customer", username="casey", password_hash=_HASHES[0])
    return {"username": "casey", "password": PASSWORD}


def _login(stage: Stage, path: str, *, after_failure: bool = False) -> Hit:
    body = _signing_in(stage)
    if after_failure:
        stage.world.call("POST", path, {**body, "password": "not the password"})
    return Hit("POST", path, body=body)


def _with_refresh(stage: Stage, path: str, *, scanner: bool, status: int) -> Hit:
    login = "/auth/login" if scanner else "/v1/auth/login"
    answer = stage.world.call("POST", login, _signing_in(stage)).json
    name = "refresh_token" if scanner else "refreshToken"
    return Hit("POST", path, body={name: answer[name]}, status=status)


def _repeated(stage: Stage) -> Hit:
    """Refresh again with a token that was refreshed with, as after a lost answer."""
    hit = _with_refresh(stage, "/v1/auth/refresh", scanner=False, status=200)
    stage.world.call("POST", hit.path, hit.body)
    return hit


def _last_sign_out(stage: Stage) -> Hit:
    """End the only session of a courier who is on duty."""
    courier = dispatch.on_duty(stage.person("courier"))
    return Hit("POST", "/v1/auth/logout", courier, status=204)


def _health(_: Stage) -> Hit:
    return Hit("GET", "/health")


def _check_password() -> None:
    matches(_HASHES[0], PASSWORD)


def _hash_password() -> None:
    hash_password(PASSWORD)


_HASHES: list[str] = [hash_password(PASSWORD)]

SCENARIOS = [
    Scenario("GET /health", _health),
    *DISPATCH,
    Scenario("POST /v1/auth/login", partial(_login, path="/v1/auth/login"), _check_password),
    Scenario(
        "POST /v1/auth/login, after a failure",
        partial(_login, path="/v1/auth/login", after_failure=True),
        _check_password,
        trips=4,
    ),
    Scenario("POST /v1/auth/refresh", partial(_with_refresh, path="/v1/auth/refresh", scanner=False, status=200)),
    Scenario("POST /v1/auth/refresh, repeated", _repeated),
    Scenario("POST /v1/auth/logout", partial(_with_refresh, path="/v1/auth/logout", scanner=False, status=204)),
    Scenario("POST /v1/auth/logout, last session", _last_sign_out),
    Scenario("POST /auth/login", partial(_login, path="/auth/login"), _check_password),
    Scenario("POST /auth/refresh", partial(_with_refresh, path="/auth/refresh", scanner=True, status=200)),
    Scenario("POST /auth/logout", partial(_with_refresh, path="/auth/logout", scanner=True, status=204)),
    *(Scenario(name, prepare, situation=people.SITUATION) for name, prepare in (people.GETS | people.CHANGES).items()),
    *(Scenario(name, read, situation=people.SITUATION, trips=people.LIST_TRIPS) for name, read in people.LISTS.items()),
    *(Scenario(name, prepare, _hash_password, people.SITUATION) for name, prepare in people.HASHING.items()),
    *(Scenario(name, prepare, situation=people.SITUATION) for name, prepare in people.RARE.items()),
    *(Scenario(*one) for one in PASSWORDS),
    *(Scenario(name, prepare, situation=notices.SITUATION) for name, prepare in notices.NOTICES.items()),
    *(
        Scenario(
            name,
            prepare,
            situation=maintenance.SITUATION,
            trips=maintenance.TRIPS.get(name),
            writes=maintenance.WRITES.get(name),
        )
        for name, prepare in maintenance.REPAIRS.items()
    ),
    *(Scenario(*one) for one in PHOTOS),
    *(Scenario(name, prepare, situation=packing.SITUATION) for name, prepare in packing.PACKING.items()),
    *(
        Scenario(name, prepare, situation=packing.SITUATION, trips=packing.CANCEL_TRIPS)
        for name, prepare in packing.CANCELLING.items()
    ),
    *(
        Scenario(name, prepare, situation=packing.SITUATION, trips=packing.TWO_STEPS_TRIPS)
        for name, prepare in packing.TWO_STEPS.items()
    ),
    *(
        Scenario(name, prepare, situation=packing.SITUATION, trips=packing.SLIP_TRIPS)
        for name, prepare in packing.SLIP.items()
    ),
    *(Scenario(name, prepare, situation=packing.CROWDED) for name, prepare in packing.LISTS.items()),
    *(
        Scenario(name, prepare, situation=picking.SITUATION, trips=trips)
        for name, (prepare, trips) in picking.PICKING.items()
    ),
    *(Scenario(*one, situation=line.SITUATION) for one in line.SCENARIOS.items()),
    *(
        Scenario(name, prepare, situation=held_line.SITUATION, trips=held_line.TRIPS.get(name))
        for name, prepare in held_line.SCENARIOS.items()
    ),
    *(Scenario(*one, situation=trace.SITUATION, trips=trace.TRIPS) for one in trace.SCENARIOS.items()),
]

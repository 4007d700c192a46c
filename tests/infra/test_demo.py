"""The demo data: a first start that is interrupted anywhere is completed by the next one."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

import app
from chalicelib.core import aws
from chalicelib.core.settings import settings
from infra.local import demo
from infra.local.engine import EmbeddedEngine
from tests.builders.manufacturing import data
from tests.builders.passports import PAGE, decoded, values
from tests.builders.world import World

PASSWORD, OTHER_PASSWORD = "seven quiet rivers", "eight loud mountains"
SHARDED = ("TALLY", "HOURS", "OPEN_COUNTS", "ZONES")  # counts are in shards, by chance
QUEUED = ("MAILBOX",)  # an event is in the head or an item of its own, by how many waited then
EPHEMERAL = ("SESSION", "REFRESH", "IDEMPOTENCY", "RATE", "TRIES", *SHARDED, *QUEUED)


@pytest.fixture
def parts(world: World, engine: EmbeddedEngine) -> Iterator[None]:
    """An empty engine; the app of the world is used again afterwards."""
    engine.clear()
    yield
    app.use(world.parts)


def stored() -> Counter[str]:
    """Return how many items of each kind there are, without audit rows and what each sign-in leaves."""
    client, found = aws.client("dynamodb"), Counter[str]()
    for name in client.list_tables()["TableNames"]:
        for page in client.get_paginator("scan").paginate(TableName=name):
            for item in page["Items"]:
                words = [word for word in f"{item['pk']['S']}#{item['sk']['S']}".split("#") if word.isupper()]
                kind = "#".join(words)
                if "audit" not in name and not any(word in kind for word in EPHEMERAL):
                    found[f"{name} {kind}"] += 1
    return found


def transactions(engine: EmbeddedEngine, limit: int | None = None) -> int:
    """Make the demo data until it is killed after so many transactions; return their number."""
    number = 0

    def count(*_: Any) -> None:
        nonlocal number
        if number == limit:
            raise KeyboardInterrupt
        number += 1

    with engine.before("TransactWriteItems", count):
        try:
            demo.make(PASSWORD)
        except KeyboardInterrupt:
            assert number == limit
    return number


def test_data_is_made_once(parts: None, engine: EmbeddedEngine) -> None:
    assert len(demo.make(PASSWORD)) == demo.USER_COUNT
    complete = stored()
    assert not demo.make(OTHER_PASSWORD)
    assert stored() == complete
    assert demo.password_matches(PASSWORD)


def test_interrupted_start_is_completed_by_the_next(parts: None, engine: EmbeddedEngine) -> None:
    total = transactions(engine)
    app.maintenance_pass()
    complete = stored()
    for limit in (1, *range(5, total, total // 5)):
        engine.clear()
        assert transactions(engine, limit) == limit
        assert len(demo.make(OTHER_PASSWORD)) == demo.USER_COUNT
        app.maintenance_pass()  # sends the notices that the interruption has kept back
        assert stored() == complete, limit
        assert demo.password_matches(OTHER_PASSWORD)
        assert not demo.make(PASSWORD)


def test_the_demo_pack_has_a_passport_with_gaps_and_a_code_that_leads_to_its_public_part(
    parts: None, world: World
) -> None:
    demo.make(PASSWORD)
    world.reset_parts(replace(settings(), passport_url=PAGE))
    session = world.call("POST", "/v1/auth/login", {"identifier": "qa1", "password": PASSWORD}).json
    token = session["accessToken"]
    [pack] = world.call("GET", "/v1/packs?q=HSP-0001", token=token).json["data"]
    passport = f"/v1/packs/{pack['id']}/passport"
    restricted = data(world.call("GET", f"{passport}?view=restricted", token=token))
    gaps = {one["name"] for one in restricted["completeness"]["missing"]}
    assert {"declarationOfConformity", "cellResistance", "measuredPower"} <= gaps
    assert {"measuredCapacity", "stateOfHealth", "cathodeMaterials"} <= values(restricted).keys()
    address = decoded(world.call("GET", f"{passport}/qr?format=svg", token=token).text)
    public = data(world.call("GET", f"/v1/passports/{address.removeprefix(PAGE)}"))
    assert (public["serial"], address) == ("HSP-0001", restricted["address"])
    assert {entry["access"] for entry in public["attributes"]} == {"public"}
    assert values(public).keys() & {"measuredCapacity", "stateOfHealth", "cathodeMaterials"} == set()

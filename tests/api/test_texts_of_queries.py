"""What a query string says is taken as it is written: `null` is no value, and a number is no time."""

from datetime import datetime

import msgspec
import pytest

import app
from chalicelib.core.errors import ValidationFailed
from chalicelib.edge.annotations import alternatives, item_type, unwrap
from chalicelib.edge.validation import decode_query
from tests.builders.dispatch import on_duty, order
from tests.builders.world import World

FILTERS = [
    (endpoint.path, endpoint.query, field.encode_name, unwrap(field.type)[0])
    for routes in app.ROUTES
    for endpoint in routes.endpoints
    for field in msgspec.structs.fields(endpoint.query)
]


@pytest.mark.parametrize(("path", "query", "name", "shape"), FILTERS, ids=lambda value: str(value)[:40])
def test_no_parameter_takes_null_for_no_filter(path: str, query: type, name: str, shape: object) -> None:
    texts = (shape, item_type(shape), *alternatives(shape))
    if any(unwrap(each)[0] is str for each in texts):
        return
    with pytest.raises(ValidationFailed) as caught:
        decode_query({name: ["null"]}, query)
    assert any(field.startswith(name) for field in caught.value.fields)


@pytest.mark.parametrize(("path", "query", "name", "shape"), FILTERS, ids=lambda value: str(value)[:40])
def test_no_parameter_takes_a_number_for_a_time(path: str, query: type, name: str, shape: object) -> None:
    if shape is datetime:
        with pytest.raises(ValidationFailed) as caught:
            decode_query({name: ["0.5"]}, query)
        assert name in caught.value.fields


@pytest.mark.parametrize("path", ["/v1/work-orders?state=null", "/v1/audit?from=0.5", "/v1/audit?to=0.5"])
def test_a_list_refuses_such_a_filter(world: World, path: str) -> None:
    assert world.person("SYSTEM_ADMIN").get(path).status == 422


@pytest.mark.parametrize("header", ["abc", "", "*", "1.0", '"1", "2"'])
def test_a_malformed_version_is_refused_where_the_step_was_made_before(world: World, header: str) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    body = {"order_id": order(customer)["id"], "courier_id": courier.user_id}
    assert courier.post("/v1/courier/orders/accept", body).status == 200
    answer = courier.post("/v1/courier/orders/accept", body, if_match=header)
    assert (answer.status, set(answer.fields)) == (422, {"If-Match"})

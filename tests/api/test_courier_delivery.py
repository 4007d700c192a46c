"""A delivery from order to door."""

from tests.builders.world import World


def test_the_nearest_courier_is_offered_the_order(world: World) -> None:
    customer = world.person("customer")
    far, near = world.person("courier"), world.person("courier")
    for courier, lng in ((far, 4.95), (near, 4.90)):
        courier.post("/v1/courier/location", {"latitude": 52.37, "longitude": lng})
        courier.post("/v1/courier/availability", {"available": True})
    order = {
        "pickup_address": "A",
        "dropoff_address": "B",
        "receiver_phone": "1",
        "pickup_lat": 52.37,
        "pickup_lng": 4.89,
    }
    answer = customer.post("/v1/orders", order)
    assert answer.status == 201, answer
    assert answer.json["assigned_courier_id"] == near.user_id

"""Sample values of the dispatcher's lists, for the API description."""

FREE_COURIER = {
    "id": "019ceb1b-2248-7e3d-9815-e3d8151c151c",
    "status": "free",
    "name": "Noor de Vries",
    "latitude": 52.37,
    "longitude": 4.89,
    "position_at": "2026-03-14T09:26:53Z",
}

SETTINGS = {"waiting_minutes": 30, "radius_m": 5000, "max_active_orders": 10}

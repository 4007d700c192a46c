"""Examples of tracking links for the API description."""

from collections.abc import Mapping
from typing import Any

_SECRET = "q3Zx8mT1rVn5bK0wYc7eLd2hUj9sPg4aFo6iXtRvBnM"  # noqa: S105 - not one of any deployment
TOKEN = f"demo.019ceb1b-2248-78d9-9f6d-8d9f6d386d38.{_SECRET}"
LINK: Mapping[str, Any] = {
    "token": TOKEN,
    "expires_at": "2026-03-21T09:26:53.412Z",
    "url": f"https://baton.example/track#{TOKEN}",
}
TRACKED: Mapping[str, Any] = {
    "status": "picked_up",
    "updated_at": "2026-03-14T09:37:12.206Z",
    "dropoff_address": "Prinsengracht 263, Amsterdam",
    "expires_at": "2026-03-21T09:26:53.412Z",
    "courier": {
        "first_name": "Noor",
        "latitude": 52.3731,
        "longitude": 4.8926,
        "position_at": "2026-03-14T09:40:02.114Z",
    },
    "eta_at": "2026-03-14T09:48:37.038Z",
}

"""Examples of zones and pickers for the API description."""

ZONES = {"zones": [{"zone": "Ambient", "queued": 12, "active": 3}, {"zone": "Chilled", "queued": 4, "active": 1}]}
PICKERS = {
    "pickers": [
        {
            "user_id": "019ceb1b-2248-7e3d-9815-e3d8151c151c",
            "name": "Anna Visser",
            "role_name": "Picker",
            "assignment_ids": ["PA-1001"],
        }
    ]
}

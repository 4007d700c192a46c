"""Examples of schedules for the API description."""

NEW_SCHEDULE = {
    "rideCode": "RC-07",
    "checklistRef": "CL-2041",
    "itemRef": "A-3",
    "rrule": "FREQ=MONTHLY;BYDAY=1MO",
    "timezone": "Europe/Amsterdam",
    "leadDays": 3,
    "priority": "MEDIUM",
    "instructions": "Grease the bearings.",
    "startsOn": "2026-03-15",
    "at": "06:00",
}
CHANGE = {"rrule": "FREQ=WEEKLY;BYDAY=MO", "leadDays": 1}
OCCURRENCES = [
    {"date": "2026-04-06", "at": "2026-04-06T04:00:00Z"},
    {"date": "2026-05-04", "at": "2026-05-04T04:00:00Z"},
]
SCHEDULE = {
    **NEW_SCHEDULE,
    "id": "019ceb1b-2248-7c41-a3d8-5e0f2b9c7d16",
    "version": 1,
    "gameZone": "North",
    "ride": "River Rapids",
    "checklist": "Opening inspection",
    "itemText": "Lap bars close and lock",
    "paused": False,
    "pausedReason": None,
    "next": OCCURRENCES[0],
    "createdBy": "Ines Okafor",
    "createdById": "019ceb1b-2248-7aae-9720-aae720042004",
    "createdAt": "2026-03-14T09:26:53Z",
}

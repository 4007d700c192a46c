"""Notifications to people: in their list, on their sockets and on their devices."""

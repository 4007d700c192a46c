"""Organisations, user accounts, the names by which users sign in, and their devices."""

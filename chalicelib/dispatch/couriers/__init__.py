"""Couriers: their duty, their position, and the search for the nearest."""

"""Races: many concurrent users, deliveries and sweeps on one engine.

They run on the embedded engine, and unchanged against any other: `BATON_TEST_ENGINE=http://127.0.0.1:4566 pytest
tests/races`. Nothing here is timed and nothing is repeated until it passes: each test runs its race many times over,
and every single round has to end in the truth.
"""

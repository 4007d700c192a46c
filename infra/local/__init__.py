"""Runs the whole system on one machine, for evaluation, development and tests."""

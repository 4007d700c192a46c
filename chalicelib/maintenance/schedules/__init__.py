"""Schedules: what has to be done again and again, and the work orders that follow from it."""

"""Courier dispatch: orders, offers, positions and the nearest free courier."""

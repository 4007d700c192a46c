"""Rejected events, and the decisions of supervisors about them."""

"""Courier dispatch: orders, couriers, and the assignment of orders to couriers."""

"""Courier dispatch: deliveries, the couriers who carry them, and who gets which."""

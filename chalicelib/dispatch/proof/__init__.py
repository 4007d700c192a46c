"""Proof of delivery: the PIN that only the receiver knows, and photos of the handed over goods."""

"""Packing: shipments, the boxes they go into, and the license plates they come from."""

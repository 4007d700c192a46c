"""Packing: shipments, the boxes they are packed into, and the license plates that the items come from."""

"""The list of the shipments that can be packed, and their number."""

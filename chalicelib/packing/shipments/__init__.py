"""Shipments and their lines: the list, barcode lookups, completion, and the import of shipments."""

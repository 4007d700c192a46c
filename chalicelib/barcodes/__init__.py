"""Barcodes as scanners send them: plain codes, EAN and UPC numbers, GS1 element strings. Pure."""

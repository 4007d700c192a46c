"""Holds: what is held by serial number, lot or batch is not bound, sealed, passed or shipped."""

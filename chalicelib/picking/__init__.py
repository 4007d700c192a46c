"""Picking: assignments that pickers work through with a scanner, and the ledgers of their events."""

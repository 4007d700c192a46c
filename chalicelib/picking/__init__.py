"""Picking: assignments that pickers work through with a scanner, told from the ledger of what happened."""

"""The ledgers of scanner events, and the state of an assignment that follows from its ledger."""

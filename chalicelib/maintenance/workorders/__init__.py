"""Work orders: from the finding to the repair."""

"""Orders: from their creation to their delivery, and their offers to couriers."""

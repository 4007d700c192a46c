"""The system audit trail: one row for each mutating request, with its actor, entity, action, time and changes."""

"""The system audit trail: who did what to which thing, when, and what it changed."""

"""The lines of assignments: what is left to pick, and lines that are closed short."""

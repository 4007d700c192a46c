"""Pick assignments: import, queue, claim, release, close, and what the scanner shows."""

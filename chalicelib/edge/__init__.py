"""The HTTP edge: it turns requests into checked use case calls, and results into responses."""

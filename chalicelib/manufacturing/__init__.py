"""Battery manufacturing: planning, assembly, quality and traceability, and what the four share."""

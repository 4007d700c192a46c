"""Battery manufacturing: planning, assembly and traceability, and what the three share."""

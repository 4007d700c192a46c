"""API keys: credentials of machines, which act with a role."""

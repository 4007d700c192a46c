"""What runs Baton: tables, policies, deployment and the local stack. The application itself imports nothing of it."""

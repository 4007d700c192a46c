"""Identity: user accounts and their organisations, sessions, and roles with their permissions."""

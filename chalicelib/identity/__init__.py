"""People in organisations: signing in, sessions, roles and what they permit."""

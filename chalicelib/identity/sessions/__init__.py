"""Sign-in, sessions, access tokens, and passwords that are reset or changed."""

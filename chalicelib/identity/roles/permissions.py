"""The permissions of roles."""

READ = "identity.role.read"
MANAGE = "identity.role.manage"
"""Allows changing the permissions of every role. At least one active user has to hold it with the scope `org`."""

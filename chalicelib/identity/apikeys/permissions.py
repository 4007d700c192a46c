"""The permission of API keys."""

MANAGE = "identity.api_key.manage"
"""Allows listing, creating and deleting API keys, with the scope `org`."""

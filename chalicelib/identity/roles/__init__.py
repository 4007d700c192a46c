"""Roles and their permissions."""

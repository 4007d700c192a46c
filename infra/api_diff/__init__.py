"""Finds changes of the API that break clients, and whether CHANGELOG.md announces them."""

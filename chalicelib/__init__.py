"""Baton: the core, the edge, and the domains that stand on them."""

__version__ = "0.2.0"

"""Baton: the core, the edge, and the domains that stand on them."""

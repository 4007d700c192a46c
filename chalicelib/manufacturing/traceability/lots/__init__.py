"""Lots of cells."""

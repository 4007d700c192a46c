"""Technicians, as those see them who assign work orders."""

"""Rides and their checklists, which open work orders hold back."""

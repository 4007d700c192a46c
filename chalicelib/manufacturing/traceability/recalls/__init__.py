"""Recall cases: lists of affected units that are frozen when the case is opened."""

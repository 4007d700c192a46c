"""Every endpoint through Chalice on the embedded engine."""

"""Everything that checks Baton, by how much of it runs at once."""

"""Builds what Lambda gets: Baton and its libraries, without what is never used, compiled, the same bytes each time."""

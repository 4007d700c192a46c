"""License plates: what they hold, the lines that they are allocated to, and their import."""

"""Quality: the limits of a SKU, what was measured against them, and the decisions that follow."""

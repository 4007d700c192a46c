"""Comments on work orders, and who takes part in them."""

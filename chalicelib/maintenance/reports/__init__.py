"""Reports on work orders: how many were opened, done and overdue, how long repairs took, and what they needed."""

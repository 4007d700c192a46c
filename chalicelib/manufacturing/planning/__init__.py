"""Planning: SKUs and production batches."""

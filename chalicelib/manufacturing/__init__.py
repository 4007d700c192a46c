"""Battery manufacturing: SKUs, batches, modules, packs, and the trace of every serial number."""

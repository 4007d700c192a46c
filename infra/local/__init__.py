"""The whole system on one machine, for trying it, developing it and testing it."""

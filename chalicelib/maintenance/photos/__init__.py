"""Photos of work orders: who may add and delete them, how the order counts them, and which of them it needs."""

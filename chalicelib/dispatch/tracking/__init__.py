"""Following an order: the courier's position, the estimated time of delivery, and the link for the receiver."""

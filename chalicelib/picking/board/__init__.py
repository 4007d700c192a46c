"""What the picking board shows beside assignments: zones, queues in the order of claims, and who can pick."""

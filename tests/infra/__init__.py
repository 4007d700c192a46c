"""What runs Baton: the local stack and what deploys it."""

"""What tests are built from: a world with people in it, and the things that they handle."""

"""What people picked on which days and in which zones."""

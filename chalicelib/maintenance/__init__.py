"""Maintenance: findings routed as work orders, who repairs them, and the photo that shows they are repaired."""

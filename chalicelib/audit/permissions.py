"""The permission of the audit trail."""

READ = "audit.read"

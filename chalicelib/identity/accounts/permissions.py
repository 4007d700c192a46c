"""The permissions of user accounts, profiles, devices and organisation settings."""

READ_USERS = "identity.user.read"
MANAGE_USERS = "identity.user.manage"
IMPORT_USERS = "identity.user.import"
READ_PROFILE = "identity.profile.read"
REGISTER_DEVICE = "identity.device.register"
READ_SETTINGS = "identity.organisation.read"
MANAGE_SETTINGS = "identity.organisation.manage"

"""The permission of a user's own notifications."""

READ = "notices.notice.read"

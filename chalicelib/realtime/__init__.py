"""Events to connected users: mailboxes, their delivery to sockets, and messages from sockets."""

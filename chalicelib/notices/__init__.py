"""Notices: what people are told, in their list, on their sockets and on their phones."""

"""The errors of sending to a socket. They are handled by delivery and never reach a client."""


class ConnectionGone(Exception):
    """The connection is closed, or not open yet."""


class SendFailed(Exception):
    """The gateway did not accept the message; a later attempt may succeed."""

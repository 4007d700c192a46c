"""The permissions of sockets: one for each channel (`realtime.channel.courier` and so on), and one for tickets."""

from collections.abc import Mapping

CHANNELS = ("courier", "customer", "staff")
CHANNEL_PREFIX = "realtime.channel."
CREATE_TICKET = "realtime.ticket.create"


def may_listen(permissions: Mapping[str, str], channel: str) -> bool:
    """Return whether these permissions are enough for the events of a channel, or of any if it is empty."""
    channels = (channel,) if channel else CHANNELS
    return any(CHANNEL_PREFIX + name in permissions for name in channels)

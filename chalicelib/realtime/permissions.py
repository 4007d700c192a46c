"""The permissions of sockets: one for each channel (`realtime.channel.courier` and so on), and one for tickets."""

from chalicelib.core.actor import Actor

CHANNELS = ("courier", "customer", "staff")
CHANNEL_PREFIX = "realtime.channel."
CREATE_TICKET = "realtime.ticket.create"


def may_listen(actor: Actor, channel: str) -> bool:
    """Return whether the actor may receive the events of a channel, or of any if it is empty."""
    channels = (channel,) if channel else CHANNELS
    return any(actor.scope(CHANNEL_PREFIX + name) is not None for name in channels)

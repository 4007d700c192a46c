"""The permissions of sockets: one for each channel (`realtime.channel.courier` and so on), and one for tickets."""

CHANNEL_PREFIX = "realtime.channel."
CREATE_TICKET = "realtime.ticket.create"

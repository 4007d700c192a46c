"""The permissions of socket channels: `realtime.channel.courier` and so on."""

CHANNEL_PREFIX = "realtime.channel."

"""Messages without a network: records what was sent, and simulates devices that were removed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import msgspec

from chalicelib.core.messages import DeviceGone, OutboundMessage


@dataclass(frozen=True, slots=True)
class Pushed:
    """A notification that a device received."""

    title: str
    body: str
    data: Mapping[str, str]
    life: timedelta | None = None


@dataclass
class RecordingMessages:
    """Records everything that was sent; devices in `gone` accept nothing any more."""

    emails: list[tuple[str, str, str]] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    pushed: dict[str, list[Pushed]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def email(self, to: str, subject: str, text: str) -> None:
        self.emails.append((to, subject, text))

    def sms(self, to: str, text: str) -> None:
        self.texts.append((to, text))

    def device(self, token: str) -> str:
        return f"device:{token}"

    def push(self, device: str, title: str, body: str, data: Mapping[str, str], life: timedelta | None = None) -> None:
        if device in self.gone:
            raise DeviceGone
        self.pushed.setdefault(device, []).append(Pushed(title, body, data, life))

    @property
    def last_token(self) -> str:
        """Return the reset token in the last e-mail, or else in the last SMS."""
        text = self.emails[-1][2] if self.emails else self.texts[-1][1]
        [token] = re.findall(r"[A-Za-z0-9_-]{43}", text)
        return str(token)


@dataclass
class ImmediateMessageQueue:
    """Sends each message at once, and records all of them, empty ones too."""

    send: Callable[[dict[str, Any], None], None]
    """The function `send`."""
    queued: list[OutboundMessage] = field(default_factory=list)

    def put(self, message: OutboundMessage) -> None:
        self.queued.append(message)
        self.send(msgspec.json.decode(msgspec.json.encode(message)), None)

"""Messages without a network: what was sent to whom, and devices that are gone on request."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from chalicelib.core.messages import DeviceGone, OutboundMessage


@dataclass(frozen=True, slots=True)
class Pushed:
    """One notification that arrived."""

    title: str
    body: str
    data: Mapping[str, str]


@dataclass
class RecordingMessages:
    """Remembers everything that was sent; devices in `gone` take nothing any more."""

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

    def push(self, device: str, title: str, body: str, data: Mapping[str, str]) -> None:
        if device in self.gone:
            raise DeviceGone
        self.pushed.setdefault(device, []).append(Pushed(title, body, data))

    @property
    def last_token(self) -> str:
        """The reset token in the last e-mail, or else in the last SMS."""
        text = self.emails[-1][2] if self.emails else self.texts[-1][1]
        [token] = re.findall(r"[A-Za-z0-9_-]{43}", text)
        return str(token)


@dataclass
class PostAtOnce:
    """Has each letter sent at once, and remembers what was handed over, the empty letters included."""

    send: Callable[[dict[str, Any], None], None]
    """The function `send`."""
    letters: list[OutboundMessage] = field(default_factory=list)

    def take(self, message: OutboundMessage) -> None:
        self.letters.append(message)
        self.send(msgspec.json.decode(msgspec.json.encode(message)), None)

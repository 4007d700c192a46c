"""E-mail, SMS and push of the local stack: printed, so that whoever tries something sees what would have been sent."""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Mapping


class PrintedMessages:
    """Prints every message to the terminal."""

    def email(self, to: str, subject: str, text: str) -> None:
        """With its subject and whole text."""
        _say(f"E-mail to {to}: {subject}", text)

    def sms(self, to: str, text: str) -> None:
        """On one line."""
        _say(f"SMS to {to}: {text}")

    def device(self, token: str) -> str:
        """A made-up address, the same for the same token."""
        return f"local-device-{hashlib.sha256(token.encode()).hexdigest()[:12]}"

    def push(self, device: str, title: str, body: str, data: Mapping[str, str]) -> None:
        """With what the app would get beside the text."""
        _say(f"Push to {device}: {title}", body, *(f"{name}: {value}" for name, value in data.items()))


def _say(head: str, *rest: str) -> None:
    print("\n".join([head, *(textwrap.indent(text.strip(), "    ") for text in rest)]), flush=True)

"""E-mail, SMS and push of the local stack: printed, so that developers see what would have been sent."""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Mapping


class PrintedMessages:
    """Prints every message to the terminal."""

    def email(self, to: str, subject: str, text: str) -> None:
        """Print an e-mail with subject and text."""
        _print(f"E-mail to {to}: {subject}", text)

    def sms(self, to: str, text: str) -> None:
        """Print an SMS on one line."""
        _print(f"SMS to {to}: {text}")

    def device(self, token: str) -> str:
        """Return an address that depends only on the token."""
        return f"local-device-{hashlib.sha256(token.encode()).hexdigest()[:12]}"

    def push(self, device: str, title: str, body: str, data: Mapping[str, str]) -> None:
        """Print a push notification with its data."""
        _print(f"Push to {device}: {title}", body, *(f"{name}: {value}" for name, value in data.items()))


def _print(head: str, *rest: str) -> None:
    print("\n".join([head, *(textwrap.indent(text.strip(), "    ") for text in rest)]), flush=True)

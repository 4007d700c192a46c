"""E-mail, SMS and push of the local stack: printed, so that developers see what would have been sent."""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Mapping
from datetime import timedelta


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

    def push(self, device: str, title: str, body: str, data: Mapping[str, str], life: timedelta | None = None) -> None:
        """Print a push notification with its data."""
        until = [] if life is None else [f"valid for {life.total_seconds():g} s"]
        _print(f"Push to {device}: {title}", body, *(f"{name}: {value}" for name, value in data.items()), *until)


def _print(head: str, *rest: str) -> None:
    print("\n".join([head, *(textwrap.indent(text.strip(), "    ") for text in rest)]), flush=True)

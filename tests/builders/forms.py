"""Form data as clients send it."""

from __future__ import annotations

from dataclasses import dataclass

BOUNDARY = "a-boundary-of-the-tests"


@dataclass(frozen=True, slots=True)
class Field:
    """One field; with a file name it is a file."""

    name: str
    value: str | bytes
    file_name: str | None = None


def form(*fields: Field, boundary: str = BOUNDARY) -> tuple[str, bytes]:
    """The content type and the body of a form."""
    parts = [_part(field) for field in fields]
    raw = b"".join(f"--{boundary}\r\n".encode() + part + b"\r\n" for part in parts)
    return f"multipart/form-data; boundary={boundary}", raw + f"--{boundary}--\r\n".encode()


def _part(field: Field) -> bytes:
    content = field.value.encode() if isinstance(field.value, str) else field.value
    named = f'Content-Disposition: form-data; name="{field.name}"'
    if field.file_name is not None:
        named += f'; filename="{field.file_name}"\r\nContent-Type: application/octet-stream'
    return f"{named}\r\n\r\n".encode() + content

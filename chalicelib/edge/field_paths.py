"""The names by which validation errors refer to fields: dotted paths of the names that clients use."""

ROOT = "body"
"""The name of the whole value, which has no field."""

_MAX_NAME = 64


def join(path: str, name: str) -> str:
    """Return the path of a part. A name may be any key that a client chose, so it is cut to a bounded length."""
    short = name if len(name) <= _MAX_NAME else name[:_MAX_NAME] + "..."
    return f"{path}.{short}" if path and short else path or short

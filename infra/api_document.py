"""`python -m infra.api_document FILE`: write the API's OpenAPI document, for tools that generate clients from it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from infra.api_diff.__main__ import document


def main(path: str) -> None:
    """Write the document of the working tree to a file, and make its folder."""
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document()) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

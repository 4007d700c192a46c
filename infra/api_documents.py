"""`python -m infra.api_documents FOLDER`: write the API's documents, for tools that read them or generate clients."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

import app
from chalicelib.core.clock import SystemClock
from chalicelib.core.ids import SystemIds
from chalicelib.core.settings import settings
from chalicelib.edge.http import encoder
from chalicelib.edge.openapi.asyncapi import describe_sockets
from chalicelib.edge.openapi.document import document, document_30


def main(folder: str) -> None:
    """Write the documents of the working tree into a folder, which is made."""
    clock = SystemClock()
    dependencies = app.compose(settings(), clock, SystemIds(clock)).dependencies
    documents = {
        "openapi.json": document(dependencies),
        "openapi-3.0.json": document_30(dependencies),
        "asyncapi.json": describe_sockets(dependencies),
    }
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for name, content in documents.items():
        (target / name).write_bytes(msgspec.json.format(encoder.encode(content), indent=1) + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

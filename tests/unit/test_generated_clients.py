"""The catalogue of generated clients agrees with its sources and with the documentation."""

from __future__ import annotations

from tests.clients import table
from tests.clients.catalogue import HERE, clients


def test_each_client_has_its_sources() -> None:
    for client in clients():
        for source in client.sources:
            assert list(HERE.glob(source.partition("->")[0])), source


def test_the_table_in_the_docs_has_each_client_with_its_pinned_version() -> None:
    page = table.PAGE.read_text()
    for client in clients():
        cells = (client.language, client.generator, client.version, client.document, client.success)
        assert f"| {' | '.join(cells)} |" in page

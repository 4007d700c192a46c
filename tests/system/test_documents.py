"""The shell blocks of all documents, pasted into a shell beside a running stack, document by document, in order."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documents import ROOT, paste, shell_blocks
from tests.documents import documents as all_documents
from tests.system.servers import Server, clean_environment, running

pytestmark = [
    pytest.mark.xdist_group("documents"),
    pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here"),
]
WITH_BLOCKS = [path for path in all_documents() if shell_blocks(path)]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A stack as `make run` starts it, whose offers stand longer on a slow machine."""
    with running(BATON_DEMO_PASSWORD="", BATON_OFFER_LIFE_S="120", BATON_SWEEP_EVERY_S="1") as started:
        yield started


@pytest.mark.parametrize("path", WITH_BLOCKS, ids=lambda path: path.name)
def test_the_blocks_of_a_document_can_be_pasted(path: Path, server: Server) -> None:
    output = paste(shell_blocks(path), ROOT, clean_environment(PORT=str(server.port)))
    if path.name == "README.md":
        shown = "\n".join(output.values())
        assert "order.assigned" in shown  # on the socket in another terminal
        assert '"status":"delivered"' in shown
        assert "204" in shown.splitlines()

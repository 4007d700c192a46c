"""What can be checked about the documents without running them: links, names of files and targets, code that parses."""

import ast
import json
import re
from pathlib import Path

import pytest

from tests.documents import REASONS, ROOT, Block, blocks, documents, shell_blocks

UNCHECKED = {
    "text": "output, and drawings of letters",
    "mermaid": "a drawing",
    "ts": "the tests of sdk/typescript compile the package",
    "typescript": "the tests of sdk/typescript compile the package",
    "kotlin": "make clients compiles generated clients",
    "java": "make clients compiles generated clients",
    "go": "make clients compiles generated clients",
    "dart": "make clients compiles generated clients",
}
NAMES = [path.relative_to(ROOT).as_posix() for path in documents()]
ALL_BLOCKS = [block for path in documents() for block in blocks(path)]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
SAMPLE = re.compile(r"[\w./-]+\.(?:csv|ndjson|jsonl|jpg|jpeg|png|xml)\b")
INDENTED = re.compile(r"(?:^|\n)\n {4,}(?![-*\d|`])\S[^\n]*")


def check_json(block: Block) -> None:
    for part in re.split(r"\n\s*\n", block.code.strip()):
        json.loads(part)


def check_python(block: Block) -> None:
    ast.parse(block.code)


def check_http(block: Block) -> None:
    for line in block.code.splitlines():
        assert re.match(r"(GET|POST|PUT|PATCH|DELETE|WS|HTTP/1\.1|[A-Z][\w-]+:|[{\[ \t]|[01245]|$)", line), line


def check_shell(block: Block) -> None:
    assert block.info in ("", "another terminal")
    if block.needs:
        assert block.needs in REASONS, f"add the reason to tests/documents.py: {block.needs}"


CHECKS = {"json": check_json, "python": check_python, "http": check_http, "sh": check_shell}


@pytest.mark.parametrize("block", ALL_BLOCKS, ids=lambda block: block.place)
def test_code_block_is_valid_in_its_language(block: Block) -> None:
    if block.language not in UNCHECKED:
        assert block.language in CHECKS, f"{block.place}: nothing checks the language {block.language!r}"
        CHECKS[block.language](block)


@pytest.mark.parametrize("path", documents(), ids=NAMES)
def test_every_code_block_has_fences_and_a_language(path: Path) -> None:
    without = re.sub(r"^( *)```.*?^\1```", "", path.read_text(), flags=re.MULTILINE | re.DOTALL)
    assert not INDENTED.findall(re.sub(r"^( *[-*\d].*\n)(\n? {2,}.*\n)*", "", without, flags=re.MULTILINE))
    assert "```" not in without


@pytest.mark.parametrize("path", documents(), ids=NAMES)
def test_targets_of_make_exist(path: Path) -> None:
    named = re.findall(r"\bmake ([a-z][a-z-]*)\b", "\n".join(block.code for block in blocks(path)))
    named += re.findall(r"`(?:\w+=\S+ )*make ([a-z][a-z-]*)\b", path.read_text())
    assert set(named) <= TARGETS


@pytest.mark.parametrize(
    "block", [block for path in documents() for block in shell_blocks(path)], ids=lambda b: b.place
)
def test_block_that_runs_starts_no_target_of_make(block: Block) -> None:
    assert not [command for command in block.commands if re.match(r"(\w+=\S+ )*(make\b|\.ci/)", command)]


@pytest.mark.parametrize("path", documents(), ids=NAMES)
def test_sample_files_are_shipped(path: Path) -> None:
    for block in blocks(path):
        if block.language == "sh" and not block.needs:
            for name in SAMPLE.findall(block.code):
                assert (ROOT / name).is_file(), f"{block.place} names {name}"


@pytest.mark.parametrize("path", documents(), ids=NAMES)
def test_links_lead_to_files_and_headings(path: Path) -> None:
    text = re.sub(r"^( *)```.*?^\1```", "", path.read_text(), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, heading = target.partition("#")
        linked = (path.parent / name).resolve() if name else path
        assert linked.exists(), target
        assert not heading or heading in headings(linked), target


def headings(path: Path) -> set[str]:
    """Return the anchors of a document, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title) for title in titles]
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in plain}


def test_blocks_that_do_not_run_here_are_few_and_say_why() -> None:
    reasons = {block.needs for block in ALL_BLOCKS if block.needs}
    assert reasons <= REASONS
    runs = [block for block in ALL_BLOCKS if block.language == "sh" and not block.needs]
    assert len(runs) > sum(block.needs is not None for block in ALL_BLOCKS)

"""Reads the code blocks of the documents and pastes their shell blocks into a shell, as a reader does.

Conventions in ``sh`` blocks:

    # Needs an AWS account.            the block is not run here; one of `REASONS`
    curl ... # 409: a cell is missing  a refusal that the document wants, with its status

After "sh" the fence may say `another terminal`: the block runs beside the following ones until the end of the document.
A block whose commands are all `make ...` or `.ci/run` is not run: the targets must exist, and `tests.newcomer` runs the
first ones.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Self

from tests.system.servers import Output

ROOT = Path(__file__).parents[1]
REASONS = frozenset(
    {
        "an AWS account",
        "a deployed stage",
        "a checkout with a remote repository",
        "another engine, and keeps running",
        "Java, Maven and their packages",
        "packages from a registry",
        "a label printer",
        "a minute or more",
    }
)
_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>[\w+-]*)(?P<info>[^\n]*)\n(?P<code>.*?)^(?P=indent)```[ ]*$",
    re.MULTILINE | re.DOTALL,
)
_NEEDS = re.compile(r"# Needs (.+)\.")
_REFUSED = re.compile(r"# .*?\b([45]\d\d)\b")
_STATUS = re.compile(r"^HTTP/[\d.]+ (\d+)", re.MULTILINE)
_PROGRESS = re.compile(r"^\d+ %: \d+ of \d+\n", re.MULTILINE)
_OTHER_TERMINAL = "another terminal"
_CURL = '#!/bin/sh\nexec "{curl}" --dump-header "$(mktemp "$HEADERS/$(date +%s%N)-XXXXXX")" "$@"\n'


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced code block."""

    document: str
    line: int
    language: str
    info: str
    code: str

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.document}:{self.line}"

    @property
    def needs(self) -> str | None:
        """Return why it does not run here, if it does not."""
        found = _NEEDS.match(self.code)
        return found[1] if found else None

    @property
    def commands(self) -> list[str]:
        """The lines without comments."""
        return [line.partition(" #")[0].strip() for line in self.code.splitlines() if line.strip()[:1] not in ("", "#")]

    @property
    def only_make(self) -> bool:
        """Return whether all commands are targets of the Makefile, or `.ci/run`, which calls them."""
        return bool(self.commands) and all(
            re.match(r"(\w+=\S+ )*(make\b|\.ci/run\b)", command) for command in self.commands
        )

    @property
    def in_another_terminal(self) -> bool:
        """Return whether it runs beside the others."""
        return self.info == _OTHER_TERMINAL

    @property
    def refusals(self) -> list[str]:
        """The statuses of the refusals that the document wants, in order."""
        return [found[1] for line in self.code.splitlines() if (found := _REFUSED.search(line))]


def documents() -> list[Path]:
    """Return all documents for readers, without the decisions, which are a record."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(path: Path) -> list[Block]:
    """Return the fenced blocks of a document, in order."""
    text, name = path.read_text(), path.relative_to(ROOT).as_posix()
    return [
        Block(
            name,
            text.count("\n", 0, found.start()) + 1,
            found["language"],
            found["info"].strip(),
            textwrap.dedent(found["code"]),
        )
        for found in _FENCE.finditer(text)
    ]


def shell_blocks(path: Path) -> list[Block]:
    """Return the blocks that run."""
    return [block for block in blocks(path) if block.language == "sh" and not block.needs and not block.only_make]


class Terminal:
    """A shell that stops at the first error, and records the statuses of all HTTP responses that curl gets."""

    def __init__(self, folder: Path, cwd: Path, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._headers = folder / "headers"
        self._headers.mkdir()
        curl = folder / "bin" / "curl"
        curl.parent.mkdir()
        curl.write_text(_CURL.format(curl=shutil.which("curl")))
        curl.chmod(0o755)
        self._errors = (folder / "stderr").open("w+")
        self._process = subprocess.Popen(
            ["sh", "-eu"],  # noqa: S607 - the one of the machine
            cwd=cwd,
            env={**environ, "PATH": f"{curl.parent}{os.pathsep}{environ['PATH']}", "HEADERS": str(self._headers)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            start_new_session=True,
        )
        self.output = Output()
        assert self._process.stdout is not None
        self._reader = Thread(target=self.output.read, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait()
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            if stream is not None:
                stream.close()

    def paste(self, block: Block) -> str:
        """Run a block; return its output. Raise `AssertionError` if it fails, prints errors or is refused."""
        before, mark = len(self.output.lines), f"@@ {block.place} @@"
        self._run(block, f"echo; echo '{mark}'")
        ended = self.output.wait_for(mark)
        text = "\n".join(line for line in self.output.lines[before:] if line != mark).strip()
        report = f"{block.place} printed:\n{text}\n{self.errors}"
        assert ended, f"{block.place} stopped the shell\n{report}"
        assert self.errors == "", report
        refused = [status for status in self.statuses() if status[0] not in "12"]
        assert refused == block.refusals, f"refused: {refused}, documented: {block.refusals}\n{report}"
        return text

    def begin(self, block: Block) -> None:
        """Start a block that runs until the end; return when it has printed something."""
        self._run(block, "")
        assert self.output.wait_for(""), f"{block.place} printed nothing\n{self.errors}"

    @property
    def errors(self) -> str:
        """What the shell and its commands wrote to standard error, without the progress of imports."""
        return _PROGRESS.sub("", Path(self._errors.name).read_text())

    def statuses(self) -> list[str]:
        """Return the final statuses of the responses since the last call, in order."""
        files = sorted(self._headers.iterdir())
        final = [_STATUS.findall(file.read_text())[-1:] for file in files]
        for file in files:
            file.unlink()
        return [status for one in final for status in one]

    def _run(self, block: Block, then: str) -> None:
        script = self._folder / f"block-{block.line}.sh"
        script.write_text(block.code)
        assert self._process.stdin is not None
        # A command that reads its input, such as a client of sockets, must not read the next block.
        source = f". {script} </dev/null" if then else f". {script}"
        self._process.stdin.write(f"{source}\n{then}\n")
        self._process.stdin.flush()


def paste(chosen: Sequence[Block], cwd: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Paste blocks into one shell, in order; return the output by place. Raise `AssertionError`."""
    with tempfile.TemporaryDirectory(prefix="baton-paste-") as name:
        return dict(_pasted(chosen, Path(name), cwd, environ))


def _pasted(chosen: Sequence[Block], folder: Path, cwd: Path, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    others: list[tuple[Block, Terminal]] = []
    (folder / "main").mkdir()
    with Terminal(folder / "main", cwd, environ) as terminal:
        try:
            for block in chosen:
                if not block.in_another_terminal:
                    yield block.place, terminal.paste(block)
                    continue
                own = folder / str(block.line)
                own.mkdir()
                others.append((block, Terminal(own, cwd, environ)))
                others[-1][1].begin(block)
        finally:
            for _, other in others:
                other.__exit__()
    for block, other in others:
        yield block.place, other.output.text

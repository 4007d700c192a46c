"""`python -m infra.load DATASET FILE`: the records of a file into a running stack, over its API.

    python -m infra.load users people.csv --url https://api.example.org/api --username admin
    python -m infra.load users people.csv --dry-run

It signs in (the password comes from `BATON_LOAD_PASSWORD` or is asked for), checks every record, and sends the good
ones in the order of the file, up to 500 in one request. Records that the server hands back for lack of time are sent
again. Whatever is refused is printed with its line and what is wrong, and never what was in it. Since a record makes or
changes one thing, the same file can be loaded again after it was mended, or after the line was cut.

Exit codes: 0 all taken, 1 some refused, 2 wrong arguments, a file that cannot be read, or no connection.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import httpx

from infra.load_client import ADDRESS, ATTEMPTS, PATIENCE_S, Client, Stopped, printable
from infra.local import environment, startup

PASSWORD = "BATON_LOAD_PASSWORD"  # noqa: S105 - the name of a setting
_TAKEN, _SOME_REFUSED, _CANNOT = 0, 1, 2
_SUFFIXES = {".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson"}
_LARGEST = 5_000_000


@dataclass(slots=True)
class Bar:
    """How far it is, on one line of a terminal, or as a line now and then where there is none."""

    total: int
    out: TextIO
    done: int = 0
    _told: int = -1

    def advance(self, count: int) -> None:
        """So many records more are settled."""
        self.done += count
        share = 100 * self.done // max(1, self.total)
        if self.out.isatty():
            filled = share * 30 // 100
            bar = "#" * filled + "." * (30 - filled)
            print(f"\r[{bar}] {share:3d} % {self.done} of {self.total}", end="", file=self.out, flush=True)
        elif share // 10 > self._told:
            self._told = share // 10
            print(f"{share} %: {self.done} of {self.total}", file=self.out, flush=True)

    def clear(self) -> None:
        """Make room for something to be printed."""
        if self.out.isatty():
            print("\r\x1b[K", end="", file=self.out, flush=True)


@dataclass(slots=True)
class Load:
    """One file on its way."""

    dataset: str
    name: str
    bar: Bar
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("created", "updated", "rejected"), 0))

    def refuse(self, number: int, fields: dict[str, str]) -> None:
        """Say what is wrong with a line."""
        self.counts["rejected"] += 1
        self.bar.clear()
        for name, problem in fields.items():
            print(f"{self.name}:{number}: {printable(name)}: {printable(problem)}", flush=True)

    def send(self, client: Client, lines: Sequence[Any]) -> None:
        """Send some lines until each is settled. Raises `Stopped`."""
        from chalicelib.edge.imports import TRY_AGAIN

        waiting, tries = list(lines), 0
        while waiting:
            answer = client.send(self.dataset, [line.raw for line in waiting])
            rejected = {one["index"]: one["fields"] for one in answer["rejected"]}
            for outcome in ("created", "updated"):
                self.counts[outcome] += answer[outcome]
            later = [index for index, fields in rejected.items() if fields == dict(TRY_AGAIN)]
            tries = tries + 1 if len(later) == len(waiting) else 0
            if tries == ATTEMPTS:
                later = []
            for index, fields in rejected.items():
                if index not in later:
                    self.refuse(waiting[index].number, fields)
            self.bar.advance(len(waiting) - len(later))
            waiting = [waiting[index] for index in later]

    @property
    def code(self) -> int:
        """The exit code of a load that came to its end."""
        return _SOME_REFUSED if self.counts["rejected"] else _TAKEN


def batches(lines: Sequence[Any], most: int, largest: int = _LARGEST) -> list[list[Any]]:
    """The lines in their order, so many and so many bytes at once."""
    made: list[list[Any]] = []
    size = 0
    for line in lines:
        size += len(line.raw) + 1
        if not made or len(made[-1]) == most or size > largest:
            made.append([])
            size = len(line.raw) + 1
        made[-1].append(line)
    return made


def main(
    arguments: Sequence[str] | None = None,
    transport: httpx.BaseTransport | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Load a file; the exit code."""
    options = _parser().parse_args(arguments)
    startup.quiet_libraries()
    environment.for_commands()
    from chalicelib.core.settings import SettingsError
    from infra.load_files import BadFile

    try:
        return _run(options, transport, pause)
    except (Stopped, BadFile, SettingsError, OSError) as error:
        print(f"Cannot load {options.file}: {error}", file=sys.stderr)
        return _CANNOT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.load", description="Load the records of a file.")
    parser.add_argument("dataset", help="what they are, such as users")
    parser.add_argument("file", type=Path, help="CSV with a header, or NDJSON with a record on each line")
    parser.add_argument("--format", choices=("csv", "ndjson"), help="unless the file's name ends so")
    parser.add_argument("--url", default=ADDRESS, help="of the API (default: %(default)s)")
    parser.add_argument("--username", help=f"who loads it; the password is asked for, or in {PASSWORD}")
    parser.add_argument("--dry-run", action="store_true", help="check the file and send nothing")
    return parser


def _run(options: argparse.Namespace, transport: httpx.BaseTransport | None, pause: Callable[[float], None]) -> int:
    lines = _lines(options)
    load = Load(options.dataset, str(options.file), Bar(len(lines), sys.stderr))
    good = [line for line in lines if line.fields is None]
    if not options.dry_run and good:
        with httpx.Client(base_url=options.url, timeout=PATIENCE_S, transport=transport) as http:
            client = Client(http, *_credentials(options), pause)
            client.sign_in()
            _refuse_bad(load, lines)
            _send_all(load, client, good)
    else:
        _refuse_bad(load, lines)
        load.bar.advance(len(good))
    load.bar.clear()
    counts = load.counts
    print(
        f"{len(good)} good, {counts['rejected']} rejected; nothing was sent"
        if options.dry_run
        else f"{counts['created']} created, {counts['updated']} updated, {counts['rejected']} rejected"
    )
    return load.code


def _lines(options: argparse.Namespace) -> list[Any]:
    """The records of the file. Raises `BadFile`, `Stopped` or `OSError`."""
    import app  # noqa: F401 - with the application come its datasets
    from chalicelib.edge.imports import DATASETS
    from infra.load_files import read

    dataset = DATASETS.get(options.dataset)
    if dataset is None:
        raise Stopped(f"there is no dataset {options.dataset!r}; there are {', '.join(sorted(DATASETS))}")
    form = options.format or _SUFFIXES.get(options.file.suffix.lower())
    if form is None:
        raise Stopped("its name ends neither in .csv nor in .ndjson; say which it is with --format")
    return list(read(options.file.read_bytes(), form, dataset.record))


def _credentials(options: argparse.Namespace) -> tuple[str, str]:
    if not options.username:
        raise Stopped("--username says who loads it")
    given = os.environ.get(PASSWORD)
    try:
        return options.username, given or getpass.getpass(f"Password of {options.username}: ")
    except EOFError as error:
        raise Stopped(f"there is nobody to ask for the password; set {PASSWORD}") from error


def _refuse_bad(load: Load, lines: Sequence[Any]) -> None:
    for line in lines:
        if line.fields is not None:
            load.refuse(line.number, dict(line.fields))
            load.bar.advance(1)


def _send_all(load: Load, client: Client, good: Sequence[Any]) -> None:
    from chalicelib.edge.imports import MAX_RECORDS

    for batch in batches(good, MAX_RECORDS):
        try:
            load.send(client, batch)
        except Stopped as error:
            load.bar.clear()
            raise Stopped(f"{error}. It stopped at line {batch[0].number}; it may be run again as it is") from error


if __name__ == "__main__":
    sys.exit(main())

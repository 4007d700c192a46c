"""`python -m infra.load DATASET FILE`: import the records of a file over the API.

    python -m infra.load users people.csv --url https://api.example.org/api --username admin
    python -m infra.load users people.csv --dry-run

The command signs in (with the password from `BATON_LOAD_PASSWORD` or from a prompt), checks every record, and sends the
valid ones in the order of the file, up to 500 per request. Records that the server returns for lack of time are sent
again. Rejected records are printed with line number and error, never with their content. A record creates or updates
one item, so the same file can be loaded again after it was corrected or the connection was lost.

Exit codes: 0 all imported, 1 some rejected, 2 wrong arguments, unreadable file, or no connection.
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

from infra.load_client import DEFAULT_URL, MAX_ATTEMPTS, TIMEOUT_S, Client, LoadStopped, printable
from infra.local import environment, startup

PASSWORD = "BATON_LOAD_PASSWORD"  # noqa: S105 - the name of a setting
_IMPORTED, _SOME_REJECTED, _FAILED = 0, 1, 2
_SUFFIXES = {".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson"}
_MAX_BATCH_BYTES = 5_000_000


@dataclass(slots=True)
class ProgressBar:
    """Shows progress: on one line of a terminal, otherwise as a line for every 10 %."""

    total: int
    out: TextIO
    done: int = 0
    _printed_tenths: int = -1

    def advance(self, count: int) -> None:
        """Count finished records and show the progress."""
        self.done += count
        share = 100 * self.done // max(1, self.total)
        if self.out.isatty():
            filled = share * 30 // 100
            bar = "#" * filled + "." * (30 - filled)
            print(f"\r[{bar}] {share:3d} % {self.done} of {self.total}", end="", file=self.out, flush=True)
        elif share // 10 > self._printed_tenths:
            self._printed_tenths = share // 10
            print(f"{share} %: {self.done} of {self.total}", file=self.out, flush=True)

    def clear(self) -> None:
        """Clear the line for other output."""
        if self.out.isatty():
            print("\r\x1b[K", end="", file=self.out, flush=True)


@dataclass(slots=True)
class Load:
    """The import of one file."""

    dataset: str
    name: str
    bar: ProgressBar
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("created", "updated", "rejected"), 0))

    def reject(self, number: int, fields: dict[str, str]) -> None:
        """Print the errors of a line."""
        self.counts["rejected"] += 1
        self.bar.clear()
        for name, message in fields.items():
            print(f"{self.name}:{number}: {printable(name)}: {printable(message)}", flush=True)

    def send(self, client: Client, lines: Sequence[Any]) -> None:
        """Send lines until each is imported or rejected. Raise `LoadStopped`."""
        from chalicelib.edge.imports import TRY_AGAIN

        pending, attempts = list(lines), 0
        while pending:
            result = client.send(self.dataset, [line.raw for line in pending])
            rejected = {record["index"]: record["fields"] for record in result["rejected"]}
            for outcome in ("created", "updated"):
                self.counts[outcome] += result[outcome]
            retries = [index for index, fields in rejected.items() if fields == dict(TRY_AGAIN)]
            attempts = attempts + 1 if len(retries) == len(pending) else 0
            if attempts == MAX_ATTEMPTS:
                retries = []
            for index, fields in rejected.items():
                if index not in retries:
                    self.reject(pending[index].number, fields)
            self.bar.advance(len(pending) - len(retries))
            pending = [pending[index] for index in retries]

    @property
    def code(self) -> int:
        """The exit code of a load that is finished."""
        return _SOME_REJECTED if self.counts["rejected"] else _IMPORTED


def split_batches(lines: Sequence[Any], max_count: int, max_bytes: int = _MAX_BATCH_BYTES) -> list[list[Any]]:
    """Return the lines in order, in batches of limited count and size."""
    batches: list[list[Any]] = []
    size = 0
    for line in lines:
        size += len(line.raw) + 1
        if not batches or len(batches[-1]) == max_count or size > max_bytes:
            batches.append([])
            size = len(line.raw) + 1
        batches[-1].append(line)
    return batches


def main(
    arguments: Sequence[str] | None = None,
    transport: httpx.BaseTransport | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Load a file and return the exit code."""
    options = _parser().parse_args(arguments)
    startup.quiet_libraries()
    environment.configure_command()
    from chalicelib.core.settings import SettingsError
    from infra.load_files import InvalidFile

    try:
        return _run(options, transport, pause)
    except (LoadStopped, InvalidFile, SettingsError, OSError) as error:
        print(f"Cannot load {options.file}: {error}", file=sys.stderr)
        return _FAILED


def _parser() -> argparse.ArgumentParser:
    description = "Import the records of a file over the API."
    parser = argparse.ArgumentParser(prog="python -m infra.load", description=description)
    parser.add_argument("dataset", help="type of the records, such as users")
    parser.add_argument("file", type=Path, help="CSV with a header, or NDJSON with one record per line")
    parser.add_argument("--format", choices=("csv", "ndjson"), help="format of the file (default: from its name)")
    parser.add_argument("--url", default=DEFAULT_URL, help="URL of the API (default: %(default)s)")
    parser.add_argument("--username", help=f"user who imports; the password is read from {PASSWORD} or a prompt")
    parser.add_argument("--dry-run", action="store_true", help="check the file and send nothing")
    return parser


def _run(options: argparse.Namespace, transport: httpx.BaseTransport | None, pause: Callable[[float], None]) -> int:
    lines = _lines(options)
    load = Load(options.dataset, str(options.file), ProgressBar(len(lines), sys.stderr))
    valid = [line for line in lines if line.fields is None]
    if not options.dry_run and valid:
        with httpx.Client(base_url=options.url, timeout=TIMEOUT_S, transport=transport) as http:
            client = Client(http, *_credentials(options), pause)
            client.sign_in()
            _reject_invalid(load, lines)
            _send_all(load, client, valid)
    else:
        _reject_invalid(load, lines)
        load.bar.advance(len(valid))
    load.bar.clear()
    counts = load.counts
    print(
        f"{len(valid)} valid, {counts['rejected']} rejected; nothing was sent"
        if options.dry_run
        else f"{counts['created']} created, {counts['updated']} updated, {counts['rejected']} rejected"
    )
    return load.code


def _lines(options: argparse.Namespace) -> list[Any]:
    """Return the records of the file. Raise `InvalidFile`, `LoadStopped` or `OSError`."""
    import app  # noqa: F401 - importing it registers the datasets
    from chalicelib.edge.imports import DATASETS
    from infra.load_files import read

    dataset = DATASETS.get(options.dataset)
    if dataset is None:
        raise LoadStopped(f"unknown dataset {options.dataset!r}; the datasets are {', '.join(sorted(DATASETS))}")
    file_format = options.format or _SUFFIXES.get(options.file.suffix.lower())
    if file_format is None:
        raise LoadStopped("the name ends neither in .csv nor in .ndjson; set the format with --format")
    return list(read(options.file.read_bytes(), file_format, dataset.record))


def _credentials(options: argparse.Namespace) -> tuple[str, str]:
    if not options.username:
        raise LoadStopped("--username is missing")
    password = os.environ.get(PASSWORD)
    try:
        return options.username, password or getpass.getpass(f"Password of {options.username}: ")
    except EOFError as error:
        raise LoadStopped(f"no terminal to read the password from; set {PASSWORD}") from error


def _reject_invalid(load: Load, lines: Sequence[Any]) -> None:
    for line in lines:
        if line.fields is not None:
            load.reject(line.number, dict(line.fields))
            load.bar.advance(1)


def _send_all(load: Load, client: Client, lines: Sequence[Any]) -> None:
    from chalicelib.edge.imports import MAX_RECORDS

    for batch in split_batches(lines, MAX_RECORDS):
        try:
            load.send(client, batch)
        except LoadStopped as error:
            load.bar.clear()
            raise LoadStopped(
                f"{error}. Stopped at line {batch[0].number}; run the same command again to continue"
            ) from error


if __name__ == "__main__":
    sys.exit(main())

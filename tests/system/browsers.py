"""A page in a real browser: served on a port of its own, run by headless Chromium, and what it reports.

The page gets what it has to know as `settings.json`, and posts what it found to `report`. Its origin is not that of the
API, so the browser itself holds the API to the rules between origins.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

PATIENCE_S = 90.0
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_QUIET = (
    "--headless=new",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-proxy-server",
    "--remote-debugging-port=0",  # without it or a command such as --dump-dom, headless mode has nothing to do and ends
)


def chromium() -> str | None:
    """Return the browser's command, if it is installed."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def command(browser: str, profile: Path) -> list[str]:
    """Return the command that starts a browser without windows, with its files in a folder of `profile`."""
    # In a container everybody is root, and for root Chromium's sandbox does not start.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return [browser, *_QUIET, *sandbox, f"--user-data-dir={profile / 'profile'}"]


class _Pages(SimpleHTTPRequestHandler):
    """Serves the files and settings of a page, and receives its report."""

    def __init__(self, *args: Any, settings: bytes, reports: SimpleQueue[Any], **kwargs: Any) -> None:
        self._settings, self._reports = settings, reports
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        """Send a file or the settings."""
        if self.path == "/settings.json":
            self._answer(self._settings)
        elif self.path == "/favicon.ico":
            self._answer(b"", 404)
        else:
            super().do_GET()

    def do_POST(self) -> None:
        """Receive the report."""
        self._reports.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self._answer(b"{}")

    def log_message(self, *_: object) -> None:
        """Do not log."""

    def _answer(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def report_of(browser: str, page: Path, settings: Mapping[str, object], profile: Path) -> dict[str, Any]:
    """Run `index.html` of `page` in the browser and return its report. `profile` is an empty folder for its files."""
    reports: SimpleQueue[Any] = SimpleQueue()
    answers = partial(_Pages, directory=str(page), settings=json.dumps(settings).encode(), reports=reports)
    with ThreadingHTTPServer(("127.0.0.1", 0), answers) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            return _run(browser, f"http://127.0.0.1:{server.server_port}/index.html", profile, reports)
        finally:
            server.shutdown()


def _run(browser: str, address: str, profile: Path, reports: SimpleQueue[Any]) -> dict[str, Any]:
    log = profile / "browser.log"
    with log.open("wb") as said:
        started = [*command(browser, profile), address]
        with subprocess.Popen(started, stdin=subprocess.DEVNULL, stdout=said, stderr=said) as process:
            try:
                return _reported(process, reports)
            except Empty:
                raise AssertionError(f"the page did not report; {browser} said:\n{log.read_text()[-3000:]}") from None
            finally:
                process.terminate()


def _reported(process: subprocess.Popen[bytes], reports: SimpleQueue[Any]) -> dict[str, Any]:
    """The report, as soon as it is there. Raises `Empty` when time is up or the browser has ended without one."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            found: dict[str, Any] = reports.get(timeout=1)
        except Empty:
            if process.poll() is not None or time.monotonic() > until:
                raise
        else:
            return found

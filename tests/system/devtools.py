"""A page in a real browser, used from outside through the browser's DevTools protocol.

For pages that the system under test serves: the browser opens them as a person would, and the test reads what they
show, types into them, and sees every request and every message on the console.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.system.browsers import PATIENCE_S, command

_PORT_FILE = "DevToolsActivePort"
_SIZE = "--window-size=1400,900"
_SHOWN_S = 60.0
"""The time that a page has to show something; below `PATIENCE_S`, so that it can say what it shows instead."""


@dataclass
class Page:
    """An open page: what it requested, and what it wrote to the console."""

    connection: ClientConnection
    session: str = ""
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    def call(self, method: str, **params: object) -> dict[str, Any]:
        """Call a method of the protocol and return its result. Events that come before it are recorded."""
        number = next(self._ids)
        message = {"id": number, "method": method, "params": params}
        self.connection.send(json.dumps(message | ({"sessionId": self.session} if self.session else {})))
        while True:
            answer = json.loads(self.connection.recv(timeout=PATIENCE_S))
            if answer.get("id") == number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result
            self._record(answer.get("method", ""), answer.get("params", {}))

    def evaluate(self, script: str) -> Any:
        """Return the value of a JavaScript expression; a promise is awaited."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def wait_for(self, script: str) -> Any:
        """Return the value of an expression as soon as it is true; the browser evaluates it before each frame."""
        watch = f"""new Promise((found, failed) => {{
            const until = performance.now() + {_SHOWN_S * 1000};
            const look = () => {{
                const value = ({script});
                if (value) found(value);
                else if (performance.now() > until) failed(new Error("not seen: " + document.body.innerText));
                else requestAnimationFrame(look);
            }};
            look();
        }})"""
        return self.evaluate(watch)

    def _record(self, method: str, params: dict[str, Any]) -> None:
        match method:
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])
            case "Network.webSocketCreated":
                self.requests.append(params["url"])
            case "Runtime.exceptionThrown":
                self.complaints.append(str(params["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if params["type"] in {"error", "warning", "assert"}:
                self.complaints.append(str(params["args"]))
            case "Log.entryAdded" if params["entry"]["level"] in {"error", "warning"}:
                self.complaints.append(str(params["entry"]))


@contextmanager
def opened(browser: str, address: str, profile: Path) -> Iterator[Page]:
    """Open an address in the browser until the end of the block. `profile` is an empty folder for its files."""
    with (
        (profile / "browser.log").open("wb") as said,
        subprocess.Popen(
            [*command(browser, profile), _SIZE], stdin=subprocess.DEVNULL, stdout=said, stderr=said
        ) as process,
    ):
        try:
            with connect(_devtools(process, profile), proxy=None, max_size=None) as connection:
                page = Page(connection)
                target = page.call("Target.createTarget", url="about:blank")["targetId"]
                page.session = page.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
                for domain in ("Runtime", "Log", "Network", "Page"):
                    page.call(f"{domain}.enable")
                page.call("Page.navigate", url=address)
                yield page
        finally:
            process.terminate()


def _devtools(process: subprocess.Popen[bytes], profile: Path) -> str:
    """Return the address of the browser's DevTools, as soon as it has written it down."""
    written = profile / "profile" / _PORT_FILE
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        try:
            port, path = written.read_text().split()
        except (FileNotFoundError, ValueError):
            continue
        return f"ws://127.0.0.1:{port}{path}"
    raise AssertionError(f"the browser did not start:\n{(profile / 'browser.log').read_text()[-3000:]}")

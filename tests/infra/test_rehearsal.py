"""The rehearsal uses only its emulator and reports errors. `make rehearse` runs the rest."""

import json
import os
import sys
from pathlib import Path

import pytest

from infra.rehearsal import emulator
from infra.rehearsal.emulator import Emulator, EmulatorUnavailable
from infra.rehearsal.stage import summarise

PRETENDER = """
import http.server, os
assert os.environ["BIND_HOST"] == "127.0.0.1"
print("credentials:", os.environ["AWS_ACCESS_KEY_ID"], flush=True)
class Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(os.environ["GATEWAY_PORT"])), Healthy).serve_forever()
"""


@pytest.fixture
def pretender(tmp_path: Path) -> Path:
    """An interpreter with another module under the emulator's name."""
    (tmp_path / "ministack.py").write_text(PRETENDER)
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={tmp_path} exec {sys.executable} "$@"\n')
    python.chmod(0o700)
    return python


def test_environment_of_the_emulator_contains_no_access_to_aws() -> None:
    mine = {"AWS_PROFILE": "prod", "AWS_ENDPOINT_URL_S3": "https://s3", "BATON_STAGE": "prod", "PATH": "/bin"}
    kept = emulator.without_aws(mine)
    assert kept == {"PATH": "/bin"}
    there = Emulator("http://127.0.0.1:1", Path("log")).environment()
    assert there["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert there["AWS_CONFIG_FILE"] == there["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    assert there["AWS_ACCESS_KEY_ID"] == "rehearsal"


def test_the_emulator_ends_with_the_block_and_leaves_no_files(pretender: Path) -> None:
    with emulator.running(pretender) as running:
        assert running.log.read_text().startswith("credentials: rehearsal\n")
        assert running.sockets("abc") == f"{running.url.replace('http', 'ws')}/_aws/execute-api/abc/api"
    assert not running.log.parent.exists()


def test_an_emulator_that_does_not_start_says_why(pretender: Path) -> None:
    (pretender.parent / "ministack.py").write_text("raise SystemExit('the port is taken')")
    with pytest.raises(EmulatorUnavailable, match="the port is taken"), emulator.running(pretender):
        pass


def test_logged_error_is_summarised_with_its_operation() -> None:
    logged = {"level": "ERROR", "message": "crashed", "operation": "place_order"}
    line = {**logged, "exception": "Traceback\n a\n b\nKeyError: c"}
    assert summarise(json.dumps(line)) == "place_order crashed  a  b KeyError: c"
    assert summarise("Task timed out after 29.00 seconds\n") == "Task timed out after 29.00 seconds"

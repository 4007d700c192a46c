"""The cost of a cold start before the first request: the import of `app`, compared with that of its libraries.

Both run in fresh interpreters, in pairs one right after the other, from byte code that is already compiled. Both end
with a DynamoDB client made, since the first request of either needs one.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.report import Report, mark, typical

MAX_OVER_BARE = 1.25
_ROOT = Path(__file__).parents[2]
_TOP = 12

# What a plain application of the same kind would import, and the client that PynamoDB would make for it.
_BARE = """
import chalice, jwt, pynamodb.models, pynamodb.attributes, pynamodb.indexes, pynamodb.transactions
app = chalice.Chalice(app_name="bare")
mark()
from pynamodb.connection import Connection
Connection(region="us-east-1").client
"""
_APP = """
import app
mark()
from chalicelib.core import aws
aws.client("dynamodb")
"""
_TIMED = """
import time
marks = [time.process_time()]
def mark(): marks.append(time.process_time())
{code}
mark()
print([marks[1] - marks[0], marks[2] - marks[0]])
"""

HEADER = ("", "import ms", "with its client ms", "over bare", "")


def run(report: Report, *, pairs: int) -> None:
    """Measure pairs of new interpreters and print both."""
    report.title(
        "Import (cold start)",
        f"Budget: at most {MAX_OVER_BARE} times bare Chalice + PynamoDB client + PyJWT. Lower quartiles of {pairs}",
        "pairs. Times are processor times of fresh interpreters, so that other programs do not count.",
    )
    for code in (_BARE, _APP):
        _timed(code)
    bare, ours = [], []
    for _ in range(pairs):
        bare.append(_timed(_BARE))
        ours.append(_timed(_APP))
    ratio = typical([one[1] for one in ours]) / typical([one[1] for one in bare])
    hit = ratio <= MAX_OVER_BARE
    report.judge("import of app", hit=hit, figure=f"{ratio:.2f} times bare")
    rows = [("bare", *_columns(bare), "1.00", ""), ("app", *_columns(ours), f"{ratio:.2f}", mark(hit=hit))]
    report.table(HEADER, rows)
    if not hit:
        _explain(report)


def _columns(times: Sequence[Sequence[float]]) -> tuple[str, str]:
    first, second = (typical(column) * 1000 for column in zip(*times, strict=True))
    return f"{first:.0f}", f"{second:.0f}"


def _timed(code: str) -> list[float]:
    done = _python("-c", _TIMED.format(code=code))
    times: list[float] = json.loads(done.stdout)
    return times


def _explain(report: Report) -> None:
    """Return the modules that only `app` imports, by their own import time."""
    bare, ours = (_self_times(code) for code in (_BARE, _APP))
    extra = sorted(((us, name) for name, us in ours.items() if name not in bare), reverse=True)
    report.say(
        f"\nbeyond the bare import ({sum(us for us, _ in extra) / 1000:.0f} ms with -X importtime), the largest:"
    )
    for us, name in extra[:_TOP]:
        report.say(f"  {us / 1000:6.1f} ms  {name}")


def _self_times(code: str) -> dict[str, int]:
    done = _python("-X", "importtime", "-c", _TIMED.format(code=code))
    found = re.findall(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)", done.stderr)
    return {name: int(us) for us, name in found}


def _python(*arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environ |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=environ, cwd=_ROOT, check=True, capture_output=True, text=True)

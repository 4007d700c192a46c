"""`python -m infra.local.prepare`: tables and demo data on an engine, for whatever will run on it later.

`make run` does this by itself. `chalice local` and functions that are deployed to an emulator do not: they expect the
tables of their stage, which is `dev` unless `BATON_STAGE` says otherwise. What is there already stays as it is, so the
command may be run again.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from infra.local import environment, startup


def main() -> int:
    """Prepare the engine that the environment names; the exit code."""
    startup.quiet_libraries()
    endpoint = os.environ.get(environment.ENGINE)
    if not endpoint:
        print(f"{environment.ENGINE} has to name the engine to prepare, such as http://127.0.0.1:8001", file=sys.stderr)
        return 2
    environment.for_commands()
    try:
        with startup.said_plainly():
            password, notes = startup.populate(os.environ)
    except startup.StartFailed as error:
        print(f"The engine cannot be prepared: {error}", file=sys.stderr)
        return 1
    print(report(endpoint, password, notes))
    return 0


def report(endpoint: str, password: str | None, notes: list[str]) -> str:
    """What is there now, and how to run `chalice local` on it."""
    known = {environment.ENGINE: endpoint, environment.TOKEN_KEYS: os.environ[environment.TOKEN_KEYS]}
    chalice = os.path.relpath(Path(sys.executable).with_name("chalice"))
    credentials = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_DEFAULT_REGION": "us-east-1"}
    settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in {**known, **credentials}.items())
    lines = [
        f"Tables and demo data are on {endpoint}.",
        f"Password of the demo people: {password or 'the one from when they were made'}",
        *notes,
        "",
        "REST on it, without sockets and sweep:",
        f"{settings} {chalice} local --port 8002",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

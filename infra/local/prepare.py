"""`python -m infra.local.prepare`: create tables and demo data on an engine.

`make run` does this itself. `chalice local` and functions on an emulator do not: they need the tables of their stage,
`dev` unless `BATON_STAGE` is set. Existing data is not changed, so the command may be run again.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from infra.local import environment, startup


def main() -> int:
    """Prepare the engine at `BATON_DYNAMODB_ENDPOINT` and return the exit code."""
    startup.quiet_libraries()
    endpoint = os.environ.get(environment.ENGINE)
    if not endpoint:
        print(f"Set {environment.ENGINE} to the URL of the engine, such as http://127.0.0.1:8001", file=sys.stderr)
        return 2
    try:
        startup.refuse_real_data(os.environ)
        environment.configure_command()
        with startup.readable_errors():
            password, notes = startup.populate(os.environ)
    except startup.StartFailed as error:
        print(f"Cannot prepare the engine: {error}", file=sys.stderr)
        return 1
    print(report(endpoint, password, notes))
    return 0


def report(endpoint: str, password: str | None, notes: list[str]) -> str:
    """Return the text for the user: password, notes, and how to run `chalice local` on the engine."""
    variables = {environment.ENGINE: endpoint, environment.TOKEN_KEYS: os.environ[environment.TOKEN_KEYS]}
    chalice = os.path.relpath(Path(sys.executable).with_name("chalice"))
    credentials = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_DEFAULT_REGION": "us-east-1"}
    settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in {**variables, **credentials}.items())
    lines = [
        f"Tables and demo data are ready on {endpoint}.",
        f"Password of the demo users: {password or 'unchanged since the users were created'}",
        *notes,
        "",
        "To serve its REST API without sockets and sweeps:",
        f"{settings} {chalice} local --port 8002",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

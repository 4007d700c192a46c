"""`python -m infra.local`: run the whole system on one port until Ctrl-C.

Environment variables: `PORT` (default 8000; 0 selects a free port), `BATON_DEMO_PASSWORD` (password of the demo users),
`BATON_DYNAMODB_ENDPOINT` (an engine instead of the embedded one), and `BATON_*` for every setting of
`chalicelib.core.settings`. The password is kept in a file while the stack runs (`stack_files`); other generated values
are not stored.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

_CONSOLE = Path(__file__).resolve().parents[2] / "console" / "dist"


class _StartupSignals:
    """Exits at once on a signal during startup. Afterwards the server handles signals."""

    def __init__(self) -> None:
        self.started = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self)

    def __call__(self, *_: object) -> None:
        if not self.started:
            raise SystemExit(0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the stack and return the exit code."""
    startup_signals = _StartupSignals()
    parser = argparse.ArgumentParser(prog="python -m infra.local", description="Run Baton on one port until Ctrl-C.")
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to listen on; 0.0.0.0 or :: accepts other machines (default: %(default)s)",
    )
    parser.add_argument("--console", type=Path, default=_CONSOLE, help="folder of the built web console")
    options = parser.parse_args(arguments)
    from infra.local.startup import StartFailed

    try:
        all_ended = _run(options.host, options.console, startup_signals)
    except StartFailed as error:
        print(f"Baton cannot start: {error}", file=sys.stderr)
        return 1
    if not all_ended:
        # A hanging call, for example to an engine that does not respond, would keep the process alive.
        sys.stdout.flush()
        os._exit(0)
    return 0


def _run(host: str, console_folder: Path, startup_signals: _StartupSignals) -> bool:
    from infra.local import environment, startup
    from infra.local.addresses import own_host, reachable_hosts
    from infra.local.banner import Running, banner
    from infra.local.stack_files import StackFiles
    from infra.terminal import style_of

    startup.quiet_libraries()
    startup.refuse_real_data(os.environ)
    with closing(startup.listen(host, os.environ)) as listener:
        port = listener.getsockname()[1]
        print("Starting Baton: tables, demo people and some work for them ...", flush=True)
        authority = f"{own_host(host)}:{port}"
        notes = environment.configure_stack(authority)
        files = StackFiles(port, f"localhost:{port}" if own_host(host) == "127.0.0.1" else authority)
        with startup.engine(os.environ) as description, startup.objects(os.environ, authority) as objects:
            with startup.readable_errors():
                password, data_notes = startup.populate(os.environ, files.password())
            running = Running(files, password, description, [*data_notes, *notes], reachable_hosts(host))

            from infra.local.gateway_console import ConsoleGateway
            from infra.local.server import serve, stack

            console = ConsoleGateway(console_folder, os.environ, os.environ.get(environment.OBJECTS))

            def ready() -> None:
                startup_signals.started = True
                print(banner(running, style_of(sys.stdout, os.environ), has_console=console.is_built), flush=True)

            with startup.kept_password(files, password, os.environ):
                return serve(stack(environment.service_secrets(os.environ), objects, console), listener, ready)


if __name__ == "__main__":
    sys.exit(main())

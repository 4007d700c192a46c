"""`python -m infra.local`: run the whole system on one port until Ctrl-C.

Environment variables: `PORT` (default 8000; 0 selects a free port), `BATON_DEMO_PASSWORD` (password of the demo users),
`BATON_DYNAMODB_ENDPOINT` (an engine instead of the embedded one), and `BATON_*` for every setting of
`chalicelib.core.settings`. Generated values are printed once and not stored.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import closing


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
        "--host", default="127.0.0.1", help="interface; 0.0.0.0 accepts other machines (default: %(default)s)"
    )
    options = parser.parse_args(arguments)
    from infra.local.startup import StartFailed

    try:
        all_ended = _run(options.host, startup_signals)
    except StartFailed as error:
        print(f"Baton cannot start: {error}", file=sys.stderr)
        return 1
    if not all_ended:
        # A hanging call, for example to an engine that does not respond, would keep the process alive.
        sys.stdout.flush()
        os._exit(0)
    return 0


def _run(host: str, startup_signals: _StartupSignals) -> bool:
    from infra.local import environment, startup
    from infra.local.banner import banner

    startup.quiet_libraries()
    startup.refuse_real_data(os.environ)
    with closing(startup.listen(host, os.environ)) as listener:
        port = listener.getsockname()[1]
        notes = environment.configure_stack(port)
        with startup.engine(os.environ) as description, startup.objects(os.environ, port) as objects:
            with startup.readable_errors():
                password, data_notes = startup.populate(os.environ)

            def ready() -> None:
                startup_signals.started = True
                print(banner(port, password, description, [*data_notes, *notes]), flush=True)

            from infra.local.server import serve, stack

            return serve(stack(environment.service_secrets(os.environ), objects), listener, ready)


if __name__ == "__main__":
    sys.exit(main())

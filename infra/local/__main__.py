"""`python -m infra.local`: the whole system on one port, until Ctrl-C.

`PORT` names the port (8000; 0 takes a free one), `BATON_DEMO_PASSWORD` the password of the demo people,
`BATON_DYNAMODB_ENDPOINT` another engine than the embedded one, and every setting of `chalicelib.core.settings` can be
given as `BATON_*`. What is made up is printed once and written nowhere.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import closing


class _UntilReady:
    """Leaves at once on a signal while the stack starts; once it serves, the server itself sees to its end."""

    def __init__(self) -> None:
        self.over = False
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, self)

    def __call__(self, *_: object) -> None:
        if not self.over:
            raise SystemExit(0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the stack; the exit code."""
    starting = _UntilReady()
    parser = argparse.ArgumentParser(prog="python -m infra.local", description="Baton on one port, until Ctrl-C.")
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets other machines in (default: %(default)s)")
    options = parser.parse_args(arguments)
    from infra.local.startup import StartFailed

    try:
        ended = _run(options.host, starting)
    except StartFailed as error:
        print(f"Baton cannot start: {error}", file=sys.stderr)
        return 1
    if not ended:
        # A call that hangs, on an engine that does not answer for instance, would hold the process up.
        sys.stdout.flush()
        os._exit(0)
    return 0


def _run(host: str, starting: _UntilReady) -> bool:
    from infra.local import environment, startup
    from infra.local.banner import banner

    startup.quiet_libraries()
    with closing(startup.listen(host, os.environ)) as listener:
        port = listener.getsockname()[1]
        notes = environment.prepare(port)
        with startup.engine(os.environ) as described, startup.objects(os.environ, port) as objects:
            with startup.said_plainly():
                password, more = startup.populate(os.environ)

            def ready() -> None:
                starting.over = True
                print(banner(port, password, described, [*more, *notes]), flush=True)

            from infra.local.server import serve, stack

            return serve(stack(environment.access_key(), objects), listener, ready)


if __name__ == "__main__":
    sys.exit(main())

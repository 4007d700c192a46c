"""`python -m infra.console`: build the web console into `console/dist`, unless its sources are those of the last build.

`--tools` also installs what checks and tests need. `--if-possible` reports a failed build and exits with 0, because the
local stack works without the console.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from infra.virtual_environment import exclusively

ROOT = Path(__file__).resolve().parents[1]
CONSOLE = ROOT / "console"
_BIN = ROOT / ".venv" / "bin"
_LOCK = CONSOLE / "package-lock.json"
_INSTALLED = CONSOLE / "node_modules" / ".installed"
_BUILT = CONSOLE / "dist" / ".built"
_SOURCES = (CONSOLE / "src", CONSOLE / "public", CONSOLE / "scripts", ROOT / "sdk" / "typescript" / "src")
_INTERRUPTED = 130  # as shells report it
_PAGES = ("index.html", "track.html", "passport.html")
_FILES = (*(CONSOLE / page for page in _PAGES), CONSOLE / "vite.config.ts", CONSOLE / "package.json", _LOCK)


def main(arguments: Sequence[str] | None = None) -> int:
    """Install and build what is missing or outdated, one process at a time; 1 if that fails, 130 if interrupted."""
    parser = argparse.ArgumentParser(prog="python -m infra.console", description=__doc__.partition("\n")[0])
    parser.add_argument("--tools", action="store_true", help="install the tools for checks and tests too")
    parser.add_argument("--if-possible", action="store_true", help="exit with 0 even if the console cannot be built")
    options = parser.parse_args(arguments)
    try:
        with exclusively(ROOT / ".baton", sys.stdout):
            install(tools=options.tools)
            build()
    except KeyboardInterrupt:
        return _INTERRUPTED
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"The web console could not be built: {error}", file=sys.stderr)
        return 0 if options.if_possible else 1
    return 0


def install(*, tools: bool) -> None:
    """Install the packages of the lock file, unless they are installed already."""
    packages = sha256(_LOCK.read_bytes()).hexdigest()
    installed = _INSTALLED.read_text() if _INSTALLED.exists() else ""
    wanted = (f"{packages} tools",) if tools else (packages, f"{packages} tools")
    if installed in wanted:
        return
    print("Installing the packages of the web console (once) ...", flush=True)
    npm("ci", "--ignore-scripts", *(() if tools else ("--omit=dev",)))
    _INSTALLED.write_text(wanted[0])


def build() -> None:
    """Build the console, unless it was built from the present sources."""
    sources = digest()
    if _BUILT.exists() and _BUILT.read_text() == sources:
        return
    print("Building the web console ...", flush=True)
    npm("run", "--silent", "build")
    _BUILT.write_text(sources)


def npm(*arguments: str) -> None:
    """Run npm in the console's folder. Its output is shown only if it fails. Raise `CalledProcessError`."""
    path = f"{_BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    command = [str(_BIN / "npm"), "--prefix", str(CONSOLE), *arguments]
    done = subprocess.run(
        command,
        cwd=CONSOLE,
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        sys.stderr.buffer.write(done.stdout)
        done.check_returncode()


def digest() -> str:
    """Return a digest of everything that a build reads."""
    content = sha256()
    for path in _read_by_a_build():
        content.update(str(path.relative_to(ROOT)).encode())
        content.update(path.read_bytes())
    return content.hexdigest()


def _read_by_a_build() -> Iterator[Path]:
    yield from _FILES
    for folder in _SOURCES:
        # Generated types and tests have no effect on the result.
        yield from sorted(
            path
            for path in folder.rglob("*")
            if path.is_file() and "generated" not in path.parts and ".test." not in path.name
        )


if __name__ == "__main__":
    sys.exit(main())

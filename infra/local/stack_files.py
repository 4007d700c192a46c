"""Files that a running stack keeps for other terminals of the same checkout, readable by its user only.

    .baton/<port>/password    the password of the demo users; `make walkthrough` reads it
    .baton/<port>/shell       variables and functions for the examples in README and docs: `. .baton/<port>/shell`

Stacks on different ports have different folders. A stack removes its files when it ends, unless its users outlive it on
an engine that keeps them; the next stack on that port replaces them.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from pathlib import Path

FOLDER = ".baton"
_PASSWORD, _SHELL = "password", "shell"
_FIELD = (
    "import json,sys\n"
    "value = json.load(sys.stdin)\n"
    "for name in sys.argv[1].split('.'):\n"
    "    value = value[int(name)] if isinstance(value, list) else (value or {}).get(name)\n"
    "print('' if value is None else value if isinstance(value, str) else json.dumps(value))"
)


class StackFiles:
    """The files of the stack on a port. `authority` is the host and port in its URLs."""

    def __init__(self, port: int, authority: str = "", root: Path = Path(FOLDER)) -> None:
        self.authority = authority or f"localhost:{port}"
        self.folder = root / str(port)
        self.shell = self.folder / _SHELL
        self.password_file = self.folder / _PASSWORD

    def password(self) -> str | None:
        """Return the password, or None if no stack has kept one."""
        try:
            return self.password_file.read_text().rstrip("\n") or None
        except OSError:
            return None

    def write(self, password: str) -> None:
        """Replace the files."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        _write_private(self.password_file, f"{password}\n")
        _write_private(self.shell, shell_text(self.authority, password, self.shell))

    def remove(self) -> None:
        """Remove the files if there are any."""
        shutil.rmtree(self.folder, ignore_errors=True)


def shell_text(authority: str, password: str, path: Path) -> str:
    """Return the shell commands that define what the documented examples use."""
    # The shell inserts the user name between two quoted parts of the JSON.
    login = """'{"username":"'"$1"'""" + shlex.quote('","password":' + json.dumps(password) + "}")[1:]
    return f"""\
# Written by `make run`. Use it with: . {path}
API=http://{authority}/api
SOCKETS=ws://{authority}/api/v1/ws
PASSWORD={shlex.quote(password)}
JSON='Content-Type: application/json'
[ -z "${{ZSH_VERSION:-}}" ] || setopt interactive_comments

# token NAME: sign in and print the access token. Ten times a minute and name at most, so keep it in a variable.
token() {{
  set -- "$(curl -s "$API/v1/auth/login" -H "$JSON" -d {login})"
  case $1 in
    *accessToken*) printf '%s' "$1" | field accessToken ;;
    *) printf '%s\n' "$1" >&2; return 1 ;;
  esac
}}

# field a.0.b: print a value of the JSON on standard input, or nothing if it is absent or null.
field() {{
  {shlex.quote(sys.executable)} -c {shlex.quote(_FIELD)} "$1"
}}
"""


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its user can read, in one step, so that nobody reads half of it."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    new.replace(path)

"""A sign-in on the console's own page, in Chromium, through the emulated distribution."""

from __future__ import annotations

import os
import shutil
import subprocess
from urllib.parse import urlsplit

from infra.hosting.files import DIST, PAGE
from infra.packaging.project import ROOT
from infra.rehearsal.stage import ADMIN, RehearsalFailed, Site

_CONSOLE = ROOT / "console"
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_TIMEOUT_S = 240.0


def sign_in_on_the_page(url: str, host: str, site: Site) -> str:
    """Sign the administrator in on the page of `host`, served at `url`, and return what was done.

    Raise `RehearsalFailed` if the page does not show the administrator's account.
    """
    browser = next(filter(None, map(shutil.which, _NAMES)), None)
    missing = _missing(browser)
    if browser is None or missing:
        return f"nobody signed in on the page: {missing}"
    environment = {
        **os.environ,
        "CHROMIUM": browser,
        "CONSOLE_HOST": host,
        "CONSOLE_SERVER": urlsplit(url).netloc,
        "CONSOLE_USER": ADMIN,
        "CONSOLE_PASSWORD": site.password,
    }
    command = [str(ROOT / ".venv" / "bin" / "node"), "scripts/sign-in.mjs"]
    try:
        done = subprocess.run(
            command, cwd=_CONSOLE, env=environment, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise RehearsalFailed(f"the page did not sign the administrator in within {error.timeout:.0f} s") from error
    if done.returncode:
        raise RehearsalFailed(f"the administrator cannot sign in on the page: {done.stderr[-2000:]}")
    return "the administrator signs in on the console's own page in Chromium, which then shows the account"


def _missing(browser: str | None) -> str:
    """Return what this machine lacks for it; an empty text if it lacks nothing."""
    if browser is None:
        return "there is no Chromium"
    if not (DIST / PAGE).is_file():
        return "the console is not built"
    if not (_CONSOLE / "node_modules" / "playwright-core").is_dir():
        return "the console's tools are not installed; `make console-check` does it"
    return ""

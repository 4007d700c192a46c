"""The environment that tests run in, whatever the machine's own is."""

import json
import os

import pytest

from chalicelib.core.settings import settings

_TEST_ONLY = {
    "BATON_STAGE": "test",
    "BATON_LOG_LEVEL": "CRITICAL",
    "BATON_TOKEN_KEYS": json.dumps({"current": "test", "keys": {"test": "only for tests, " * 3}}),
    "POWERTOOLS_METRICS_DISABLED": "true",
    # Tests send more requests, at a time that stands still, than a caller may send in a second.
    "BATON_CALLER_RATE": "1000000",
    "BATON_CALLER_BURST": "1000000",
    "BATON_ORG_RATE": "1000000",
    "BATON_ORG_BURST": "1000000",
    "AWS_DEFAULT_REGION": "us-east-1",
}


_only_here: dict[str, str] = {}


def prepare(**only_here: str) -> None:
    """Settings for tests, and none that happens to be set on this machine.

    The settings `only_here` are those of this process and not of the processes that it starts.
    """
    environ = os.environ  # noqa: TID251 - here the environment is made, not read
    for name in [name for name in environ if name.startswith("BATON_") and not name.startswith("BATON_TEST_")]:
        del environ[name]
    environ.update(_TEST_ONLY)
    _only_here.update(only_here)
    read_settings_again()


def read_settings_again() -> None:
    """Read the settings from the environment as it is now, with those of this process only."""
    settings.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in _only_here.items():
            patch.setenv(name, value)
        settings()


def thorough() -> bool:
    """Whether properties are tried with all their examples (`make coverage`), or with some of them (`make test`)."""
    return os.environ.get("BATON_TEST_PROFILE") == "thorough"  # noqa: TID251 - a choice of the person at the terminal


def examples(number: int, *, everyday: float = 1 / 2) -> int:
    """Return how many examples a property is tried with that wants `number` of them, or how often a race is run.

    `everyday` is the share of them that `make test` tries; the slowest have a smaller one.
    """
    return number if thorough() else max(1, int(number * everyday))


def seed() -> int:
    """From what a world makes its ids; a test must pass with any."""
    return int(os.environ.get("BATON_TEST_SEED", "1"))  # noqa: TID251 - a choice of the person at the terminal

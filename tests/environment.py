"""The environment that tests run in, whatever the machine's own is."""

import json
import os

_TEST_ONLY = {
    "BATON_STAGE": "test",
    "BATON_LOG_LEVEL": "CRITICAL",
    "BATON_TOKEN_KEYS": json.dumps({"current": "test", "keys": {"test": "only for tests, " * 3}}),
    "POWERTOOLS_METRICS_DISABLED": "true",
    "AWS_DEFAULT_REGION": "us-east-1",
}


def prepare(**settings: str) -> None:
    """Settings for tests and those given, and none that happens to be set on this machine."""
    environ = os.environ  # noqa: TID251 - here the environment is made, not read
    for name in [name for name in environ if name.startswith("BATON_") and not name.startswith("BATON_TEST_")]:
        del environ[name]
    environ.update(_TEST_ONLY | settings)


def seed() -> int:
    """From what a world makes its ids; a test must pass with any."""
    return int(os.environ.get("BATON_TEST_SEED", "1"))  # noqa: TID251 - a choice of the person at the terminal

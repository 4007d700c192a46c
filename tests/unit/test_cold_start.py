"""Importing the application collects no garbage, and everything afterwards does."""

import subprocess
import sys

_COUNTED = """
import gc
from chalicelib.core import cold_start
runs = []
gc.callbacks.append(lambda phase, info: runs.append(phase))
import app
during = len(runs)
gc.collect()
print(during, gc.isenabled(), gc.get_freeze_count() > 10_000, len(runs) > during)
"""


def test_nothing_is_collected_while_the_application_is_imported_and_it_is_afterwards() -> None:
    done = subprocess.run([sys.executable, "-c", _COUNTED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "True", "True", "True"]

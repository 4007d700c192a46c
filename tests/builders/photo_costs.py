"""What storing one photo takes: seconds of the processor, and memory above what the process had before."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
HAS_PEAK = Path("/proc/self/status").exists()
"""Whether the system tells the most memory that a program has used; what `resource` tells begins with its parent's."""
_FUNCTIONS = json.loads((ROOT / ".chalice" / "config.json").read_text())["stages"]
FREE_MB = min(stage["lambda_functions"]["api_handler"]["lambda_memory_size"] for stage in _FUNCTIONS.values()) - 200
"""The memory of the function that stores photos, without what its program and the request with the file take."""

_PROGRAM = """
import json, re, sys, time
from pathlib import Path
from PIL import Image, ImageCms, ImageChops, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
from chalicelib.media.images import reencode

def peak_kb():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

content = Path(sys.argv[1]).read_bytes()
before, started = peak_kb(), time.process_time()
stored = reencode(content)
print(json.dumps([time.process_time() - started, (peak_kb() - before) / 1000, len(stored.full)]))
"""


class PhotoCosts(NamedTuple):
    """The costs of one photo, and the size of what is stored."""

    seconds: float
    megabytes: float
    stored_bytes: int


def measure(content: bytes) -> PhotoCosts:
    """Store a photo in a new process."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "photo"
        file.write_bytes(content)
        run = [sys.executable, "-c", _PROGRAM, str(file)]
        answer = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)
    return PhotoCosts(*json.loads(answer.stdout))

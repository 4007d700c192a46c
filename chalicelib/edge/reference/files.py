"""The files of the page: its own, and those of Scalar.

Their addresses contain a digest of all of them, so browsers keep them forever and a new version has new addresses.
"""

import json
import zipfile
from functools import cache
from hashlib import sha256
from pathlib import Path

_HERE = Path(__file__).parent
_OWN = ("page.css", "page.js")
_SCALAR = _HERE / "scalar.zip"

MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


@cache
def digest() -> str:
    """Return a digest of all files, as it stands in their addresses."""
    content = sha256(json.loads((_HERE / "scalar.json").read_text())["sha256"].encode())
    for name in _OWN:
        content.update((_HERE / name).read_bytes())
    return content.hexdigest()[:16]


@cache
def page() -> str:
    """Return the page as HTML."""
    return (_HERE / "page.html").read_text().replace("{digest}", digest())


def read_file(name: str) -> str | None:
    """Return the text of a file by its name, such as `page.js` or `chunks/vendor.js`; None if there is none."""
    if name in _OWN:
        return (_HERE / name).read_text()
    with zipfile.ZipFile(_SCALAR) as files:
        try:
            return files.read(name).decode()
        except KeyError:
            return None

"""For schemathesis, which runs this: ids of things that there are, among those that it makes up.

Nobody guesses the id of a work order, so without this every call about one would end with "there is no such thing".
The ids come as JSON in `FUZZING_KNOWN`, by the name of the parameter or field that names them. Which call gets a
known one follows from what was made up, so that a call that found something can be made again.
"""

import json
import os
import zlib
from typing import Any

import schemathesis

KNOWN = "FUZZING_KNOWN"
_known: dict[str, list[str]] = json.loads(os.environ.get(KNOWN, "{}"))  # noqa: TID251 - how schemathesis is told


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Use existing ids in most calls."""
    return _with_known(path_parameters, least=1)


@schemathesis.hook
def map_headers(context: Any, headers: Any) -> Any:
    """Use versions near the current ones in half of the calls."""
    return _with_known(headers, least=2) if isinstance(headers, dict) else headers


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    """Use existing ids in half of the bodies."""
    return _with_known(body, least=2) if isinstance(body, dict) else body


def _with_known(made_up: dict[str, Any] | None, least: int) -> dict[str, Any] | None:
    """The same with known values in the place of some; `least` of 4 stay made up."""
    if not isinstance(made_up, dict):
        return made_up
    replaced = dict(made_up)
    for name in made_up.keys() & _known.keys():
        number = zlib.crc32(repr(made_up[name]).encode(errors="replace"))
        if number % 4 >= least:
            replaced[name] = _known[name][number // 4 % len(_known[name])]
    return replaced

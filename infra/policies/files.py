"""The files that Chalice reads: one policy per stage and function, and the functions' entries in `config.json`.

    python -m infra.policies            write them
    python -m infra.policies --check    say which are not current, and exit with 1 if any is not

Which stages there are says `config.json`, and also what is set for them: a bucket or secret with a name of its own
(`environment_variables`), and whether X-Ray is on (`xray`). Everything else in it is left as it is.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.packaging.project import ROOT
from infra.policies.document import document
from infra.policies.functions import ROLES, Role
from infra.stacks.functions import functions
from infra.stages import settings_of

CHALICE = ROOT / ".chalice"
_CONFIG = "config.json"


class NoRole(Exception):
    """A function that nobody has said anything of."""


def policy_file(stage: str, function: str) -> str:
    """The name of a function's policy."""
    return f"policy-{stage}-{function}.json"


def wanted(config: Mapping[str, Any], roles: Mapping[str, Role] = ROLES) -> dict[str, Any]:
    """The content of every file by its name, for the stages of a configuration. Raises `NoRole`."""
    for function in functions():
        if function.name not in roles:
            raise NoRole(f"{function.name} has no part in infra/policies/functions.py")
    stages = {stage: {**known, "lambda_functions": _entries(stage, roles)} for stage, known in config["stages"].items()}
    files: dict[str, Any] = {_CONFIG: {**config, "stages": stages}}
    for stage, known in stages.items():
        settings = settings_of(stage, config)
        traced = bool(known.get("xray", config.get("xray", False)))
        for function in functions():
            made = document(roles[function.name], function.full_name(stage), settings, traced=traced)
            files[policy_file(stage, function.name)] = made
    return files


def stale(folder: Path = CHALICE) -> list[str]:
    """The names of files that are missing, not current, or of no function."""
    files = {name: _text(content) for name, content in wanted(_config(folder)).items()}
    found = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("policy-*.json")}
    found[_CONFIG] = (folder / _CONFIG).read_text(encoding="utf-8")
    return sorted(name for name in files.keys() | found.keys() if files.get(name) != found.get(name))


def write(folder: Path = CHALICE) -> list[str]:
    """Bring all files up to date; the names of those that were not."""
    changed, files = stale(folder), wanted(_config(folder))
    for name in changed:
        if name in files:
            (folder / name).write_text(_text(files[name]), encoding="utf-8")
        else:
            (folder / name).unlink()
    return changed


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m infra.policies", description="Write the functions' policies.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a file is not current")
    if parser.parse_args(arguments).check:
        found = stale()
        print(f"not current: {', '.join(found)}; run python -m infra.policies" if found else "all policies are current")
        return 1 if found else 0
    changed = write()
    print(f"wrote {', '.join(changed)}" if changed else "all policies were current")
    return 0


def _entries(stage: str, roles: Mapping[str, Role]) -> dict[str, Any]:
    return {function.name: _entry(stage, function.name, roles[function.name]) for function in functions()}


def _entry(stage: str, function: str, role: Role) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "iam_policy_file": policy_file(stage, function),
        "lambda_memory_size": role.memory_mb,
        "lambda_timeout": role.timeout_s,
    }
    return entry if role.at_most is None else {**entry, "reserved_concurrency": role.at_most}


def _config(folder: Path) -> dict[str, Any]:
    known: dict[str, Any] = json.loads((folder / _CONFIG).read_text(encoding="utf-8"))
    return known


def _text(content: Any) -> str:
    return json.dumps(content, indent=2) + "\n"

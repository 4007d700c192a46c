"""Writes the files that Chalice reads: one policy per stage and function, and the functions' entries in `config.json`.

    python -m infra.policies            write them
    python -m infra.policies --check    print outdated files, and exit with 1 if there are any

`config.json` lists the stages and their configuration: names of bucket and secret (`environment_variables`), whether
X-Ray is enabled (`xray`), and for a stage that Chalice deploys the id of its socket API (`socket_api`), which exists
after the first deployment. With `make deploy` the template names the API (`infra.stacks.sockets`). The rest of the file
is not changed.
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


class MissingRole(Exception):
    """A function has no entry in `functions.py`."""


def policy_file(stage: str, function: str) -> str:
    """Return the file name of a function's policy."""
    return f"policy-{stage}-{function}.json"


def generate(config: Mapping[str, Any], roles: Mapping[str, Role] = ROLES) -> dict[str, Any]:
    """Return the content of every file by name, for the stages of a configuration. Raise `MissingRole`."""
    for function in functions():
        if function.name not in roles:
            raise MissingRole(f"{function.name} has no entry in infra/policies/functions.py")
    stages = {stage: {**entry, "lambda_functions": _entries(stage, roles)} for stage, entry in config["stages"].items()}
    files: dict[str, Any] = {_CONFIG: {**config, "stages": stages}}
    for stage, entry in stages.items():
        settings = settings_of(stage, config)
        traced = bool(entry.get("xray", config.get("xray", False)))
        for function in functions():
            policy = document(
                roles[function.name],
                function.full_name(stage),
                settings,
                socket_api=entry.get("socket_api", ""),
                traced=traced,
            )
            files[policy_file(stage, function.name)] = policy
    return files


def outdated_files(folder: Path = CHALICE) -> list[str]:
    """Return the names of files that are missing, outdated, or of no function."""
    files = {name: _text(content) for name, content in generate(_config(folder)).items()}
    existing = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("policy-*.json")}
    existing[_CONFIG] = (folder / _CONFIG).read_text(encoding="utf-8")
    return sorted(name for name in files.keys() | existing.keys() if files.get(name) != existing.get(name))


def write(folder: Path = CHALICE) -> list[str]:
    """Write all files and return the names of those that changed."""
    changed, files = outdated_files(folder), generate(_config(folder))
    for name in changed:
        if name in files:
            (folder / name).write_text(_text(files[name]), encoding="utf-8")
        else:
            (folder / name).unlink()
    return changed


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the files and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m infra.policies", description="Write the functions' policies.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a file is outdated")
    if parser.parse_args(arguments).check:
        outdated = outdated_files()
        print(
            f"outdated: {', '.join(outdated)}; run python -m infra.policies" if outdated else "all policies are current"
        )
        return 1 if outdated else 0
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
    return entry if role.max_concurrency is None else {**entry, "reserved_concurrency": role.max_concurrency}


def _config(folder: Path) -> dict[str, Any]:
    config: dict[str, Any] = json.loads((folder / _CONFIG).read_text(encoding="utf-8"))
    return config


def _text(content: Any) -> str:
    return json.dumps(content, indent=2) + "\n"

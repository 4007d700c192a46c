"""The stages that can be deployed, and what is set for each: `.chalice/config.json`.

Chalice hands `environment_variables` to the functions. What is deployed beside them has to agree: the bucket of photos
is made under the name that they are told, the policies speak of it, and the gateway allows the same origins. So
whatever needs the settings of a stage outside of its functions asks here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.core.settings import Settings, read_settings
from infra.packaging.project import ROOT

CONFIG = ROOT / ".chalice" / "config.json"

Config = Mapping[str, Any]


class NoStage(Exception):
    """A stage that nobody has written down; the message names those that are."""


def settings_of(stage: str, config: Config | None = None) -> Settings:
    """The settings that a stage's functions will read. Raises `NoStage`, and `SettingsError` if one is wrong."""
    known = json.loads(CONFIG.read_text(encoding="utf-8")) if config is None else config
    if stage not in known["stages"]:
        raise NoStage(f"There is no stage {stage} in .chalice/config.json, but {', '.join(sorted(known['stages']))}.")
    variables = {
        **known.get("environment_variables", {}),
        **known["stages"][stage].get("environment_variables", {}),
    }
    if variables.get("BATON_STAGE") != stage:
        raise NoStage(f"The functions of {stage} are not told so: its BATON_STAGE is {variables.get('BATON_STAGE')}.")
    return read_settings(variables)

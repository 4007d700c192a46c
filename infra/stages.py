"""Reads the settings of each stage from `.chalice/config.json`.

Chalice passes `environment_variables` to the functions. The resources beside them have to agree: name of the photo
bucket, policies, and allowed origins of the gateway. So all code outside of the functions that needs the settings of a
stage reads them here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.core.settings import Settings, read_settings
from infra.packaging.project import ROOT

CONFIG = ROOT / ".chalice" / "config.json"

Config = Mapping[str, Any]


class UnknownStage(Exception):
    """The stage is not configured, or not consistently; the message says what is."""


def settings_of(stage: str, config: Config | None = None) -> Settings:
    """Return the settings that a stage's functions read. Raise `UnknownStage`, or `SettingsError` if one is invalid."""
    configured = json.loads(CONFIG.read_text(encoding="utf-8")) if config is None else config
    if stage not in configured["stages"]:
        stages = ", ".join(sorted(configured["stages"]))
        raise UnknownStage(f"Unknown stage {stage}; the stages in .chalice/config.json are: {stages}.")
    variables = {
        **configured.get("environment_variables", {}),
        **configured["stages"][stage].get("environment_variables", {}),
    }
    if variables.get("BATON_STAGE") != stage:
        raise UnknownStage(f"BATON_STAGE of the stage {stage} has another value: {variables.get('BATON_STAGE')}.")
    return read_settings(variables)

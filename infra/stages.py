"""Reads the settings of each stage from `.chalice/config.json`.

Chalice passes `environment_variables` to the functions. The resources beside them have to agree: name of the photo
bucket, policies, and allowed origins of the gateway. So all code outside of the functions that needs the settings of a
stage reads them here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from chalicelib.core.settings import Settings, read_settings
from infra.packaging.project import ROOT

CONFIG = ROOT / ".chalice" / "config.json"

Config = Mapping[str, Any]
_PRODUCTION = frozenset({"live", "prod", "production"})
_ANY_ORIGIN = "*"
_REQUESTS_PER_ADDRESS = 2000


class UnknownStage(Exception):
    """The stage is not configured, or not consistently; the message says what is."""


class OpenOrigin(Exception):
    """Pages of any origin could call a stage of production; the message says what to set."""


def is_production(stage: str) -> bool:
    """Return whether a stage is one of production by its name, such as `prod` or `eu-live`."""
    return not _PRODUCTION.isdisjoint(re.split(r"[^a-z0-9]+", stage.lower()))


def check_origin(stage: str, config: Config | None = None) -> None:
    """Raise `OpenOrigin` for a stage of production without its own origin. Raise what `settings_of` raises, too."""
    if is_production(stage) and settings_of(stage, config).cors_origin in ("", _ANY_ORIGIN):
        where = f"environment_variables of the stage {stage} in .chalice/config.json"
        raise OpenOrigin(
            f"Set BATON_CORS_ORIGIN in {where} to the origin of your web pages, such as https://shop.example. "
            "Without it pages of any origin may call the API."
        )


def requests_per_address(stage: str, config: Config | None = None) -> int:
    """Return how many requests a client address may send in five minutes; 0 if there is no limit."""
    limit: int = _configured(config)["stages"][stage].get("requests_per_address", _REQUESTS_PER_ADDRESS)
    return limit


def map_style(stage: str, config: Config | None = None) -> str | None:
    """Return the URL of the style of the console's maps, whose tiles have the same origin; None for plain maps."""
    style: str | None = _configured(config)["stages"][stage].get("map_style")
    return style


def has_console(stage: str, config: Config | None = None) -> bool:
    """Return whether `make deploy` rolls out the web console and its distribution."""
    return _configured(config)["stages"][stage].get("console", True) is not False


def settings_of(stage: str, config: Config | None = None) -> Settings:
    """Return the settings that a stage's functions read. Raise `UnknownStage`, or `SettingsError` if one is invalid."""
    configured = _configured(config)
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


def _configured(config: Config | None) -> Config:
    known: Config = json.loads(CONFIG.read_text(encoding="utf-8")) if config is None else config
    return known

"""The Chalice project is valid, and its functions match configuration and policies."""

import json
from pathlib import Path
from typing import Any

import pytest
from chalice.config import Config
from chalice.deploy.validate import validate_configuration, validate_feature_flags

from app import app

ROOT = Path(__file__).parents[2]
CONFIG: dict[str, Any] = json.loads((ROOT / ".chalice" / "config.json").read_text())
STAGES = sorted(CONFIG["stages"])


@pytest.mark.parametrize("stage", STAGES)
def test_chalice_validation_passes(stage: str) -> None:
    config = Config(chalice_stage=stage, user_provided_params={"chalice_app": app}, config_from_disk=CONFIG)
    validate_configuration(config)
    validate_feature_flags(app)


@pytest.mark.parametrize("stage", STAGES)
def test_only_functions_that_exist_are_configured(stage: str) -> None:
    deployed: list[Any] = [*app.pure_lambda_functions, *app.event_sources]
    functions = {function.name for function in deployed}
    sockets = {handler.name for handler in app.websocket_handlers.values()}
    assert set(CONFIG["stages"][stage]["lambda_functions"]) == functions | sockets | {"api_handler"}


@pytest.mark.parametrize("stage", STAGES)
def test_environment_of_functions_contains_the_stage_and_no_secret(stage: str) -> None:
    assert CONFIG["stages"][stage]["environment_variables"] == {"BATON_STAGE": stage}
    assert CONFIG["stages"][stage]["api_gateway_stage"] == "api"


def test_unknown_path_is_checked_like_a_route() -> None:
    assert set(app.routes["/{proxy+}"]) == {"GET", "POST", "PUT", "PATCH", "DELETE"}

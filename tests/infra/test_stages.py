"""Resources of a stage agree with the settings of its functions."""

from typing import Any

import pytest
from botocore.session import get_session

from chalicelib.core.settings import SettingsError
from infra.deploy import main
from infra.packaging.__main__ import main as package
from infra.region import apply_region
from infra.stacks.foundation import foundation
from infra.stages import OpenOrigin, UnknownStage, check_origin, settings_of


def config(**variables: str) -> dict[str, Any]:
    return {
        "environment_variables": {"BATON_PHONE_REGION": "NL", "BATON_LOG_LEVEL": "DEBUG"},
        "stages": {"eu": {"environment_variables": {"BATON_STAGE": "eu", **variables}}},
    }


def test_settings_of_a_stage_override_common_settings() -> None:
    settings = settings_of("eu", config(BATON_LOG_LEVEL="ERROR"))
    assert (settings.stage, settings.phone_region, settings.log_level) == ("eu", "NL", "ERROR")


def test_unknown_stage_is_an_error() -> None:
    with pytest.raises(UnknownStage, match=r"Unknown stage ue; the stages in \.chalice/config\.json are: eu"):
        settings_of("ue", config())


def test_stage_with_another_baton_stage_is_an_error() -> None:
    with pytest.raises(UnknownStage, match="BATON_STAGE of the stage eu has another value: prod"):
        settings_of("eu", config(BATON_STAGE="prod"))


@pytest.mark.parametrize("stage", ["prod", "live", "eu-production"])
def test_stage_of_production_needs_the_origin_of_its_pages(stage: str) -> None:
    def configured(**variables: str) -> dict[str, Any]:
        return {"stages": {stage: {"environment_variables": {"BATON_STAGE": stage, **variables}}}}

    for variables in ({}, {"BATON_CORS_ORIGIN": "*"}, {"BATON_CORS_ORIGIN": ""}):
        with pytest.raises(OpenOrigin, match="BATON_CORS_ORIGIN"):
            check_origin(stage, configured(**variables))
    check_origin(stage, configured(BATON_CORS_ORIGIN="https://shop.example"))


def test_other_stages_may_be_open_to_all_origins() -> None:
    check_origin("eu", config())


def test_production_without_an_origin_is_neither_packaged_nor_deployed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["application", "--stage", "prod"]) == 1
    assert "BATON_CORS_ORIGIN" in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["infra.packaging", "--stage", "prod"])
    with pytest.raises(SystemExit) as ended:
        package()
    assert ended.value.code != 0
    assert "BATON_CORS_ORIGIN" in capsys.readouterr().err


def test_bucket_has_the_name_in_the_functions_settings() -> None:
    named = foundation("eu", config(BATON_PHOTOS_BUCKET="baton-eu-photos-4711"))
    assert named["Resources"]["Photos"]["Properties"]["BucketName"] == "baton-eu-photos-4711"


def test_a_wrong_setting_is_found_before_anything_is_deployed() -> None:
    with pytest.raises(SettingsError, match="BATON_PHOTOS_BUCKET"):
        settings_of("eu", config(BATON_PHOTOS_BUCKET="photos"))


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-east-1"}, "eu-west-1"),
        ({"AWS_REGION": "eu-west-1"}, "eu-west-1"),
        ({"AWS_DEFAULT_REGION": "us-east-1"}, "us-east-1"),
        ({"AWS_REGION": ""}, None),
    ],
)
def test_the_region_is_the_one_that_the_aws_command_would_take(given: dict[str, str], taken: str | None) -> None:
    apply_region(given)
    assert given.get("AWS_DEFAULT_REGION") == taken


def test_deployment_uses_aws_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    main(["foundation", "--stage", "prdo"])
    assert get_session().get_config_variable("region") == "eu-west-1"


@pytest.mark.parametrize("part", ["foundation", "application"])
def test_unknown_stage_is_not_deployed(part: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([part, "--stage", "prdo"]) == 1
    assert capsys.readouterr().err == "Unknown stage prdo; the stages in .chalice/config.json are: dev, prod.\n"

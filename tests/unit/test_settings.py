"""Settings: what is wrong is named before the first request is answered, and secrets stay secret."""

import copy
import json

import msgspec
import pytest

from chalicelib.core.settings import Secret, Settings, SettingsError, read_settings

HIDDEN = "a secret that nobody may ever see"


def refusal(**environ: str) -> str:
    """What is said of an environment that is refused."""
    with pytest.raises(SettingsError) as caught:
        read_settings(environ)
    return str(caught.value)


def test_an_empty_environment_gives_the_defaults() -> None:
    assert read_settings({}) == Settings()


def test_a_variable_sets_the_field_of_its_name() -> None:
    config = read_settings({"BATON_OFFER_LIFE_S": " 20 ", "BATON_STAGE": "eu-1", "BATON_TOKEN_KEYS": HIDDEN})
    assert (config.offer_life_s, config.stage, config.token_keys.reveal()) == (20, "eu-1", HIDDEN)


def test_variables_of_others_are_left_alone() -> None:
    assert read_settings({"PATH": "/bin", "BATONS": "3", "BATON_DEMO_PASSWORD": "x"}) == Settings()


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("BATON_OFFER_LIFE_S", "soon", "whole number"),
        ("BATON_OFFER_LIFE_S", "1.5", "whole number"),
        ("BATON_OFFER_LIFE_S", "", "whole number"),
        ("BATON_OFFER_LIFE_S", "0", "above 0"),
        ("BATON_MAX_BODY_BYTES", "-1", "above 0"),
        ("BATON_DELIVERY_LEASE_S", "7", "above 7"),
        ("BATON_LOG_LEVEL", "loud", "one of DEBUG, INFO"),
        ("BATON_DYNAMODB_ENDPOINT", "localhost:8000", "http"),
        ("BATON_SOCKETS_ENDPOINT", "wss://here", "http"),
        ("BATON_LAMBDA_ENDPOINT", "ftp://here", "http"),
        ("BATON_PASSWORD_MEMORY_KIB", "65535", "at least 65536"),
        ("BATON_PHONE_REGION", "nl", "capital letters"),
        ("BATON_PHONE_REGION", "Netherlands", "capital letters"),
        ("BATON_STAGE", "", "lower-case"),
        ("BATON_STAGE", "Prod", "lower-case"),
        ("BATON_STAGE", "a_b", "lower-case"),
        ("BATON_STAGE", "größe", "lower-case"),
        ("BATON_STAGE", "--", "lower-case"),
    ],
)
def test_a_bad_value_is_refused_by_the_name_of_its_variable(variable: str, value: str, said: str) -> None:
    message = refusal(**{variable: value})
    assert variable in message
    assert said in message


def test_only_the_stage_of_tests_may_hash_passwords_with_less_memory() -> None:
    weak = {"BATON_PASSWORD_MEMORY_KIB": "32"}
    assert read_settings({**weak, "BATON_STAGE": "test"}).password_memory_kib == 32
    assert "BATON_PASSWORD_MEMORY_KIB" in refusal(**weak, BATON_STAGE="prod")


def test_a_misspelt_variable_is_refused() -> None:
    assert refusal(BATON_OFER_LIFE_S="20") == "BATON_OFER_LIFE_S is not a setting"


def test_all_bad_variables_are_named_at_once() -> None:
    message = refusal(
        BATON_OFER_LIFE_S="20", BATON_SESSION_S="long", BATON_STAGE="Prod", BATON_SWEEP_PASSES="0", BATON_LOG_LEVEL="x"
    )
    named = ("BATON_OFER_LIFE_S", "BATON_SESSION_S", "BATON_STAGE", "BATON_SWEEP_PASSES", "BATON_LOG_LEVEL")
    assert [name for name in named if name not in message] == []


def test_settings_made_in_code_are_checked_as_well() -> None:
    with pytest.raises(SettingsError, match="BATON_SWEEP_EVERY_S must be above 0"):
        Settings(sweep_every_s=0)


def test_settings_cannot_be_changed() -> None:
    config = Settings()
    with pytest.raises(AttributeError):
        config.stage = "other"  # type: ignore[misc]


def test_a_secret_is_never_shown() -> None:
    config = read_settings({"BATON_TOKEN_KEYS": HIDDEN})
    shown = [
        repr(config),
        str(config),
        f"{config.token_keys}",
        f"{config.token_keys!r:>40}",
        str(msgspec.structs.asdict(config)),
        str(msgspec.structs.astuple(config)),
        str(copy.deepcopy(config)),
        json.dumps(msgspec.structs.asdict(config), default=str),
    ]
    assert not [text for text in shown if HIDDEN in text]


def test_a_secret_is_not_shown_by_what_is_wrong_elsewhere() -> None:
    assert HIDDEN not in refusal(BATON_TOKEN_KEYS=HIDDEN, BATON_STAGE="Prod", BATON_SESSION_S="long")


def test_a_secret_tells_whether_it_is_there() -> None:
    assert Secret("x")
    assert not Secret("")
    assert repr(Secret("")) != repr(Secret("x"))


def test_names_hold_the_stage() -> None:
    config = Settings(stage="eu-1")
    assert config.table_name("dispatch") == "baton-eu-1-dispatch"
    assert config.function_name("deliver") == "baton-eu-1-deliver"

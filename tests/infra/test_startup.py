"""The start of the local stack: where demo people are refused, and the addresses of its services."""

import io
import logging

import pytest

from infra.local import environment, prepare, startup
from infra.local.gateway_services import LAMBDA_PREFIX, SOCKETS_PREFIX
from infra.local.redaction import redact


@pytest.mark.parametrize("stage", ["prod", "PROD", "production", "live", "prod-eu", "acme-live"])
def test_demo_people_are_refused_in_a_stage_of_production(stage: str) -> None:
    with pytest.raises(startup.StartFailed, match="BATON_STAGE"):
        startup.refuse_real_data({"BATON_STAGE": stage})


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://dynamodb.eu-west-1.amazonaws.com",
        "https://DynamoDB.eu-west-1.AmazonAWS.com./",
        "https://dynamodb.cn-north-1.amazonaws.com.cn:443",
        "https://123456789012.ddb.eu-west-1.api.aws/path",
        "https://amazonaws.com",
    ],
)
@pytest.mark.parametrize("name", ["BATON_DYNAMODB_ENDPOINT", "BATON_S3_ENDPOINT"])
def test_demo_people_are_refused_on_aws(name: str, endpoint: str) -> None:
    with pytest.raises(startup.StartFailed, match=name):
        startup.refuse_real_data({name: endpoint})
    with pytest.raises(startup.StartFailed, match=name):
        startup.populate({name: endpoint})


@pytest.mark.parametrize("stage", ["local", "dev", "reproduction", "delivery"])
def test_demo_people_are_made_elsewhere(stage: str) -> None:
    startup.refuse_real_data({"BATON_STAGE": stage, "BATON_DYNAMODB_ENDPOINT": "http://amazonaws.com.example:8000"})


def test_prepare_refuses_production_before_it_does_anything(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BATON_STAGE", "prod")
    monkeypatch.setenv("BATON_DYNAMODB_ENDPOINT", "http://127.0.0.1:9")
    assert prepare.main() == 1
    assert "stage prod" in capsys.readouterr().err


def test_each_process_has_its_own_secret_addresses() -> None:
    made: list[str] = []
    for _ in range(2):
        environ: dict[str, str] = {"BATON_SOCKETS_ENDPOINT": ""}
        environment.name_services(environ, "127.0.0.1:8123")
        secrets = environment.service_secrets(environ)
        assert environ["BATON_SOCKETS_ENDPOINT"] == f"http://127.0.0.1:8123/_gateway/{secrets[SOCKETS_PREFIX]}"
        assert environ["BATON_LAMBDA_ENDPOINT"] == f"http://127.0.0.1:8123/_lambda/{secrets[LAMBDA_PREFIX]}"
        made += secrets.values()
    assert len(set(made)) == 4
    assert min(map(len, made)) >= 43


def test_given_addresses_are_kept() -> None:
    given = {
        "BATON_SOCKETS_ENDPOINT": "http://gateway:8000/_gateway/chosen",
        "BATON_LAMBDA_ENDPOINT": "http://elsewhere:4566",
    }
    environ = dict(given)
    environment.name_services(environ, "127.0.0.1:8123")
    assert environ == given
    secrets = environment.service_secrets(environ)
    assert secrets[SOCKETS_PREFIX] == "chosen"
    assert len(secrets[LAMBDA_PREFIX]) >= 43


def test_secrets_of_addresses_are_not_logged() -> None:
    written = io.StringIO()
    logger = logging.getLogger("tests.redaction")
    logger.setLevel(logging.WARNING)
    handler = logging.StreamHandler(written)
    logger.addHandler(handler)
    redact([logger])
    redact([logger])
    logger.warning('Could not connect to "http://127.0.0.1:8000/_gateway/abc-_1/@connections/x" and /_lambda/def')
    logger.removeHandler(handler)
    assert written.getvalue() == (
        'Could not connect to "http://127.0.0.1:8000/_gateway/.../@connections/x" and /_lambda/...\n'
    )

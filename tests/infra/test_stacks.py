"""The templates: data is protected, names are consistent, and each alarm is documented."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import fields

from app import app
from chalicelib.core.errors import BatonError
from chalicelib.core.settings import Settings
from chalicelib.edge.client_ip import PROOF, VIEWER
from chalicelib.edge.http import SECURITY_HEADERS
from chalicelib.identity.sessions.tokens import KeyDocument
from infra.buckets import definition
from infra.packaging import project
from infra.packaging.target import LAMBDA
from infra.policies.functions import ROLES
from infra.rehearsal.adaptation import adapted_application, adapted_foundation
from infra.stacks.application import merge_template
from infra.stacks.domain import domain
from infra.stacks.edge_functions import CHANNEL_FUNCTION, VIEWER_FUNCTION
from infra.stacks.firewall import firewall
from infra.stacks.foundation import foundation
from infra.stacks.functions import functions
from infra.stacks.names import logical
from infra.tables import definitions

STAGE = "prod"
OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


def of_kind(template: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: one for name, one in template["Resources"].items() if one.get("Type") == kind}


def complaints(*templates: Path) -> str:
    """Return cfn-lint's findings for templates. One process reads all of them, because its start takes seconds."""
    lint = str(Path(sys.executable).with_name("cfn-lint"))
    command = [lint, "--regions", "eu-west-1", "-t", *map(str, templates)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def lasting() -> dict[str, Any]:
    return foundation(STAGE)


@pytest.fixture(scope="module")
def merged() -> dict[str, Any]:
    return merge_template(STAGE)


def test_foundation_has_every_table_of_the_models(lasting: dict[str, Any]) -> None:
    tables = {
        one["Properties"]["TableName"]: one["Properties"] for one in of_kind(lasting, "AWS::DynamoDB::Table").values()
    }
    assert set(tables) == {table.name for table in definitions(STAGE)}
    for table in definitions(STAGE):
        properties = tables[table.name]
        assert table.request().items() <= properties.items()
        expiry = properties.get("TimeToLiveSpecification", {}).get("AttributeName")
        assert expiry == table.expiry


def test_no_table_can_be_lost_by_mistake(lasting: dict[str, Any]) -> None:
    for table in of_kind(lasting, "AWS::DynamoDB::Table").values():
        assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")
        properties = table["Properties"]
        assert properties["DeletionProtectionEnabled"] is True
        assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert properties["SSESpecification"] == {"SSEEnabled": True}
        assert properties["BillingMode"] == "PAY_PER_REQUEST"


def test_tables_are_made_one_after_the_other(lasting: dict[str, Any]) -> None:
    """DynamoDB limits the number of tables with indexes that are created at once."""
    names = list(of_kind(lasting, "AWS::DynamoDB::Table"))
    assert [lasting["Resources"][name].get("DependsOn") for name in names] == [None, *names[:-1]]


def test_buckets_are_private_and_speak_tls_only(lasting: dict[str, Any]) -> None:
    buckets, policies = of_kind(lasting, "AWS::S3::Bucket"), of_kind(lasting, "AWS::S3::BucketPolicy")
    assert set(buckets) == {"Photos", "Packages"}
    refused = {one["Properties"]["Bucket"]["Ref"]: one["Properties"]["PolicyDocument"] for one in policies.values()}
    for name, bucket in buckets.items():
        assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
        [statement] = refused[name]["Statement"]
        assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_photos_can_be_put_and_shown_by_pages_of_any_origin(lasting: dict[str, Any]) -> None:
    properties = lasting["Resources"]["Photos"]["Properties"]
    assert properties == definition(STAGE)
    [rule] = properties["CorsConfiguration"]["CorsRules"]
    assert {"GET", "POST"} <= set(rule["AllowedMethods"])


def test_the_functions_find_bucket_and_keys_by_the_stage_alone(lasting: dict[str, Any]) -> None:
    assert lasting["Resources"]["Photos"]["Properties"]["BucketName"] == Settings(stage=STAGE).photo_bucket
    assert "Parameters" not in lasting  # an update that does not repeat one would take its default again
    assert lasting["Resources"]["TokenKeys"]["Properties"]["Name"] == f"baton-{STAGE}-token-keys"
    assert "GenerateSecretString" not in lasting["Resources"]["TokenKeys"]["Properties"]


def test_every_function_has_its_name_and_a_log_with_retention(merged: dict[str, Any]) -> None:
    logs = {
        one["Properties"]["LogGroupName"]: one["Properties"] for one in of_kind(merged, "AWS::Logs::LogGroup").values()
    }
    names = {
        one["Properties"]["FunctionName"] for one in merged["Resources"].values() if "FunctionName" in one["Properties"]
    }
    called = [one.name for one in app.pure_lambda_functions]
    assert {Settings(stage=STAGE).function_name(name) for name in called} <= names
    assert len(names) == len(functions())
    for name in names:
        assert logs[f"/aws/lambda/{name}"]["RetentionInDays"] == 30


def test_the_gateway_answers_in_our_error_body_with_our_codes(merged: dict[str, Any]) -> None:
    known = {kind.code for kind in _all_errors(BatonError)}
    responses = merged["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]
    assert {"MISSING_AUTHENTICATION_TOKEN", "INVALID_SIGNATURE", "DEFAULT_4XX", "DEFAULT_5XX"} <= set(responses)
    for response in responses.values():
        body = json.loads(response["ResponseTemplates"]["application/json"])
        assert (body["success"], set(body["error"])) == (False, {"code", "message", "details"})
        assert body["error"]["code"] in known
        headers = response["ResponseParameters"]["Headers"]
        assert headers["X-Request-Id"] == "context.requestId"
        assert {name: headers[name] for name in SECURITY_HEADERS} == {
            name: f"'{value}'" for name, value in SECURITY_HEADERS.items()
        }
    assert responses["THROTTLED"]["ResponseParameters"]["Headers"]["Retry-After"] == "'1'"
    filtered = responses["WAF_FILTERED"]
    assert filtered["StatusCode"] == 429
    assert filtered["ResponseParameters"]["Headers"]["Retry-After"] == "'60'"


def test_a_body_that_the_gateway_refuses_is_answered_with_the_limit_and_the_endpoints_that_take_more(
    merged: dict[str, Any],
) -> None:
    responses = merged["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]
    answer = json.loads(responses["REQUEST_TOO_LARGE"]["ResponseTemplates"]["application/json"])
    assert answer["error"]["details"] == {
        "most": Settings(stage=STAGE).max_body_bytes,
        "instead": "/v1/orders/{order_id}/photos/presign or /v1/uploads/photos/presign",
    }


def test_a_method_that_an_address_does_not_have_reaches_the_application(packaged: str) -> None:
    """API Gateway would report an unknown path; the application returns 405 with the allowed methods."""
    for path, methods in _definition(packaged)["paths"].items():
        caught, known = methods["x-amazon-apigateway-any-method"], next(iter(methods.values()))
        for part in ("type", "httpMethod", "uri", "contentHandling"):
            assert caught["x-amazon-apigateway-integration"][part] == known["x-amazon-apigateway-integration"][part], (
                path
            )
        assert caught["parameters"] == known.get("parameters", []), path


def test_preflight_responses_have_the_security_headers_and_an_id(packaged: str) -> None:
    for path, methods in _definition(packaged)["paths"].items():
        preflight = methods["options"]
        response = preflight["x-amazon-apigateway-integration"]["responses"]["default"]["responseParameters"]
        assert "method.response.header.Access-Control-Allow-Methods" in response, path
        for name, value in SECURITY_HEADERS.items():
            assert response[f"method.response.header.{name}"] == f"'{value}'", path
            assert name in preflight["responses"]["200"]["headers"], path
        assert response["method.response.header.X-Request-Id"] == "context.requestId", path
        assert "X-Request-Id" in preflight["responses"]["200"]["headers"], path


def test_api_has_one_stage(packaged: str) -> None:
    """Without `OpenApiVersion` there is a second stage named `Stage`, without throttling and access logs."""
    api = json.loads(packaged)["Resources"]["RestAPI"]["Properties"]
    assert api["OpenApiVersion"] == api["DefinitionBody"]["swagger"]


def test_alarms_use_the_name_of_the_api(packaged: str) -> None:
    template = json.loads(packaged)
    named = {
        dimension["Value"]
        for alarm in of_kind(template, "AWS::CloudWatch::Alarm").values()
        for dimension in alarm["Properties"].get("Dimensions", ())
        if dimension["Name"] == "ApiName"
    }
    api = template["Resources"]["RestAPI"]["Properties"]
    assert named == {api["Name"]} == {api["DefinitionBody"]["info"]["title"]}


def test_the_gateway_allows_the_origin_that_the_application_allows() -> None:
    stages = {"eu": {"environment_variables": {"BATON_STAGE": "eu", "BATON_CORS_ORIGIN": "https://shop.example"}}}
    responses = merge_template("eu", {"stages": stages})["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]
    origins = {one["ResponseParameters"]["Headers"]["Access-Control-Allow-Origin"] for one in responses.values()}
    assert origins == {"'https://shop.example'"}


def test_throttled_sweep_is_not_retried(merged: dict[str, Any]) -> None:
    """The next minute brings another call, so Lambda's default of six hours would only cause a backlog."""
    for function in functions():
        asked = merged["Resources"][function.resource]["Properties"].get("EventInvokeConfig")
        assert (asked == {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 0}) is function.scheduled


def test_stopped_schedule_raises_an_alarm(merged: dict[str, Any]) -> None:
    alarms = of_kind(merged, "AWS::CloudWatch::Alarm")
    scheduled = [function for function in functions() if function.scheduled]
    assert scheduled
    for function in scheduled:
        alarm = alarms[f"{function.resource}MissingAlarm"]["Properties"]
        assert (alarm["MetricName"], alarm["TreatMissingData"]) == ("Invocations", "breaching")
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]


def test_every_function_and_table_is_watched(merged: dict[str, Any]) -> None:
    watched = [
        {one["Name"]: one["Value"] for one in metric["Dimensions"]}
        for alarm in of_kind(merged, "AWS::CloudWatch::Alarm").values()
        for metric in _metrics(alarm["Properties"])
    ]
    for function in functions():
        assert {"FunctionName": function.full_name(STAGE)} in watched
    for table in definitions(STAGE):
        assert watched.count({"TableName": table.name}) == 2
        for index in table.indexes:
            assert watched.count({"TableName": table.name, "GlobalSecondaryIndexName": index}) == 2


def test_no_alarm_has_more_metrics_than_an_alarm_may_have(merged: dict[str, Any]) -> None:
    alarms = of_kind(merged, "AWS::CloudWatch::Alarm").values()
    assert max(len(_metrics(alarm["Properties"])) for alarm in alarms) <= 10


def test_every_alarm_has_its_paragraph_and_no_paragraph_is_about_another(merged: dict[str, Any]) -> None:
    """A paragraph may describe the same alarm of all functions, or of all tables, or the second of a table."""
    alarms = {name.removesuffix("Alarm").rstrip("2") for name in of_kind(merged, "AWS::CloudWatch::Alarm")}
    told = set(re.findall(r"^### `(\S+)`$", OPERATIONS.read_text(), re.MULTILINE))
    owners = {function.resource: "<Function>" for function in functions()}
    owners |= {_camel(table.short_name): "<Table>" for table in definitions(STAGE)}
    families = {alarm: {alarm} for alarm in alarms}
    for owner, family in owners.items():
        for alarm in alarms:
            if alarm.startswith(owner):
                families[alarm].add(family + alarm.removeprefix(owner))
    assert all(told & names for names in families.values()), sorted(
        a for a, names in families.items() if not told & names
    )
    assert told <= {name for names in families.values() for name in names}


def test_sockets_behind_a_domain_keep_the_paths_of_the_contract() -> None:
    resources = domain(STAGE)["Resources"]
    config = resources["Distribution"]["Properties"]["DistributionConfig"]
    [behaviour] = [one for one in config["CacheBehaviors"] if one["TargetOriginId"] == "sockets"]
    assert behaviour["PathPattern"] == "/api/v1/ws/*"
    assert behaviour["FunctionAssociations"][0]["EventType"] == "viewer-request"
    assert "request.uri = '/api'" in CHANNEL_FUNCTION
    assert "querystring.channel" in CHANNEL_FUNCTION
    assert '["courier", "customer", "staff"].includes(channel)' in CHANNEL_FUNCTION
    assert "ROUTE_NOT_FOUND" in CHANNEL_FUNCTION


def test_functions_manage_connections_of_their_own_socket_api_only(merged: dict[str, Any]) -> None:
    api = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${WebsocketAPI}/api"
    found: dict[str, set[str]] = {}
    for policy in of_kind(merged, "AWS::IAM::Policy").values():
        [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
        [resource] = statement["Resource"]
        assert statement["Action"] == ["execute-api:ManageConnections"]
        found[resource["Fn::Sub"]] = {role["Ref"] for role in policy["Properties"]["Roles"]}
    posting = {f"{logical(name)}Role" for name, role in ROLES.items() if role.posts_to_sockets}
    closing = {f"{logical(name)}Role" for name, role in ROLES.items() if role.closes_sockets}
    wanted = {f"{api}/POST/@connections/*": posting, f"{api}/DELETE/@connections/*": closing}
    assert found == {resource: roles for resource, roles in wanted.items() if roles}
    assert posting


def test_policies_of_sockets_belong_to_roles_and_api_of_the_template(packaged: str) -> None:
    resources = json.loads(packaged)["Resources"]
    assert resources["WebsocketAPI"]["Type"] == "AWS::ApiGatewayV2::Api"
    for policy in of_kind({"Resources": resources}, "AWS::IAM::Policy").values():
        for role in policy["Properties"]["Roles"]:
            assert resources[role["Ref"]]["Type"] == "AWS::IAM::Role"


def test_rest_api_limits_requests_of_each_address_unless_that_is_switched_off(merged: dict[str, Any]) -> None:
    assert merged["Parameters"]["RequestsPerAddress"]["Default"] == 2000
    assert merged["Conditions"] == {"LimitsRequests": {"Fn::Not": [{"Fn::Equals": [{"Ref": "RequestsPerAddress"}, 0]}]}}
    acl, association = (merged["Resources"][name] for name in ("Firewall", "FirewallAssociation"))
    assert {acl["Condition"], association["Condition"]} == {"LimitsRequests"}
    assert acl["Properties"]["Scope"] == "REGIONAL"
    rules = {rule["Name"]: rule["Statement"]["RateBasedStatement"] for rule in acl["Properties"]["Rules"]}
    limits = {name: rule["Limit"]["Ref"] for name, rule in rules.items()}
    assert limits == {
        "PerAddress": "RequestsPerAddress",
        "PerViewer": "RequestsPerAddress",
        "PerServer": "RequestsPerServer",
    }
    assert "ScopeDownStatement" not in rules["PerServer"]


def test_limit_per_address_is_that_of_the_stage() -> None:
    stages = {"eu": {"environment_variables": {"BATON_STAGE": "eu"}, "requests_per_address": 0}}
    for template in (merge_template("eu", {"stages": stages}), firewall("eu", {"stages": stages})):
        assert template["Parameters"]["RequestsPerAddress"]["Default"] == 0


def test_clients_of_one_cloudfront_server_have_their_own_limits(merged: dict[str, Any]) -> None:
    rules = {
        rule["Name"]: rule["Statement"]["RateBasedStatement"]
        for rule in merged["Resources"]["Firewall"]["Properties"]["Rules"]
    }
    assert VIEWER.lower() in json.dumps(rules["PerAddress"]["ScopeDownStatement"]["NotStatement"])
    assert [list(key) for key in rules["PerViewer"]["CustomKeys"]] == [["IP"], ["Header"]]


def test_domain_limits_requests_of_each_address_in_our_error_body() -> None:
    template = firewall(STAGE)
    [acl] = template["Resources"].values()
    [rule] = acl["Properties"]["Rules"]
    assert (acl["Properties"]["Scope"], acl["Condition"]) == ("CLOUDFRONT", "LimitsRequests")
    assert rule["Statement"]["RateBasedStatement"]["Limit"] == {"Ref": "RequestsPerAddress"}
    assert rule["Action"]["Block"]["CustomResponse"]["ResponseCode"] == 429
    [body] = acl["Properties"]["CustomResponseBodies"].values()
    assert json.loads(body["Content"])["error"]["code"] == "RATE_LIMITED"
    config = domain(STAGE)["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    assert config["WebACLId"] == {"Fn::If": ["HasFirewall", {"Ref": "WebAclArn"}, {"Ref": "AWS::NoValue"}]}


def test_rest_origin_gets_the_client_address_and_the_proof() -> None:
    template = domain(STAGE)
    resources = template["Resources"]
    config = resources["Distribution"]["Properties"]["DistributionConfig"]
    behaviours = [one for one in config["CacheBehaviors"] if one["TargetOriginId"] == "rest"]
    assert [one["PathPattern"] for one in behaviours] == ["/api/v1/ws/tickets", "/api/*"]
    [at_the_edge] = [
        one for one in behaviours[0]["FunctionAssociations"] if one in behaviours[1]["FunctionAssociations"]
    ]
    assert at_the_edge == {"EventType": "viewer-request", "FunctionARN": {"Fn::GetAtt": ["Viewer", "FunctionARN"]}}
    assert f"request.headers['{VIEWER.lower()}'] = {{ value: event.viewer.ip }};" in VIEWER_FUNCTION
    [header] = config["Origins"][0]["OriginCustomHeaders"]
    assert header["HeaderName"] == PROOF
    assert set(template["Parameters"]["Proof"]["AllowedValues"]) < {one.name for one in fields(KeyDocument)}


def test_no_template_has_the_proof_itself() -> None:
    """CloudFormation reads the proof from the secret that the functions of the stage read."""
    config = domain(STAGE)["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    named = foundation(STAGE)["Resources"]["TokenKeys"]["Properties"]["Name"]
    assert _shown(config) == f"{{{{resolve:secretsmanager:{named}:SecretString:${{Proof}}}}}}"
    assert named == Settings(stage=STAGE).key_secret
    variables = {"BATON_STAGE": "eu", "BATON_TOKEN_KEYS_SECRET": "elsewhere"}
    other = domain("eu", {"stages": {"eu": {"environment_variables": variables}}})
    assert ":elsewhere:" in _shown(other["Resources"]["Distribution"]["Properties"]["DistributionConfig"])


def test_socket_origin_gets_no_proof() -> None:
    config = domain(STAGE)["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    assert [origin["Id"] for origin in config["Origins"] if "OriginCustomHeaders" in origin] == ["rest"]


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The application's template: Chalice's with our additions, as short as a rollout sends it."""
    work = tmp_path_factory.mktemp("packaged")
    merge = work / "merge.json"
    merge.write_text(json.dumps(merge_template(STAGE)))
    project.lay_out(work / "project", LAMBDA)
    project.package(work / "project", work / "out", STAGE, merge)
    return json.dumps(json.loads((work / "out" / project.TEMPLATE).read_text()), separators=(",", ":"))


def test_every_template_is_valid(packaged: str, tmp_path: Path) -> None:
    application = tmp_path / "application.json"
    application.write_text(packaged)
    templates = [application]
    for name in ("account", "foundation", "domain", "firewall"):
        command = [sys.executable, "-m", "infra.stacks", name, "--stage", STAGE]
        templates.append(tmp_path / f"{name}.json")
        templates[-1].write_text(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert complaints(*templates) == ""


def test_merged_resources_exist_in_chalices_template(packaged: str) -> None:
    for name, resource in json.loads(packaged)["Resources"].items():
        assert "Type" in resource, f"{name} is not called that by Chalice"


def test_functions_run_on_arm_with_one_python_whichever_built_them(packaged: str) -> None:
    made = of_kind(json.loads(packaged), "AWS::Serverless::Function")
    assert made
    assert all(one["Properties"]["Architectures"] == ["arm64"] for one in made.values())
    assert {one["Properties"]["Runtime"] for one in made.values()} == {"python3.13"}


def test_emulator_gets_the_template_without_unsupported_resources(packaged: str, lasting: dict[str, Any]) -> None:
    ours = json.loads(packaged)
    theirs = adapted_application(json.loads(packaged), "http://127.0.0.1:4566")
    left_out = set(ours["Resources"]) - set(theirs["Resources"])
    deployments, alarms = of_kind(ours, "AWS::ApiGatewayV2::Deployment"), of_kind(ours, "AWS::CloudWatch::Alarm")
    sums = {name for name, one in alarms.items() if "Metrics" in one["Properties"]}
    assert left_out == {*deployments, *sums, "Firewall", "FirewallAssociation"}
    assert not {"Conditions", "Parameters"} & theirs.keys()
    assert deployments
    assert sums < set(alarms)
    for name, one in theirs["Resources"].items():
        assert one["Type"] == ours["Resources"][name]["Type"]
        assert not left_out & set(one.get("DependsOn", ()))
    assert "DeploymentId" not in json.dumps(theirs["Resources"]["WebsocketAPIStage"])
    assert "multipart/form-data" in theirs["Resources"]["RestAPI"]["Properties"]["BinaryMediaTypes"]
    kept = adapted_foundation(lasting)
    assert set(lasting["Resources"]) - set(kept["Resources"]) == set(of_kind(lasting, "AWS::S3::BucketPolicy"))


def _shown(config: dict[str, Any]) -> str:
    """Return the proof header in the template of the distribution."""
    return str(config["Origins"][0]["OriginCustomHeaders"][0]["HeaderValue"]["Fn::Sub"])


def _metrics(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the metrics of an alarm: one, or several of a sum."""
    several = [one["MetricStat"]["Metric"] for one in alarm.get("Metrics", ()) if "MetricStat" in one]
    return several or [alarm]


def _definition(packaged: str) -> dict[str, Any]:
    known: dict[str, Any] = json.loads(packaged)["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    return known


def _camel(name: str) -> str:
    return "".join(part.title() for part in name.split("_"))


def _all_errors(kind: type[BatonError]) -> list[type[BatonError]]:
    return [kind, *(one for child in kind.__subclasses__() for one in _all_errors(child))]

"""The additions to Chalice's template of the application (`chalice package --merge-template`).

Chalice creates functions, roles, both APIs and the schedules. This module adds what Chalice cannot configure: function
names (functions invoke each other by name), gateway responses, throttling, limits per client address, access logs, log
retention, permissions for the stage's own sockets, and alarms.
Chalice's `log_retention_in_days` refers to a resource that does not exist, so it is not used.
"""

from __future__ import annotations

import json
from typing import Any

from chalicelib.core.settings import Settings
from infra.packaging.target import LAMBDA, Target
from infra.stacks.firewall import conditions, rest_firewall, rest_parameters
from infra.stacks.functions import functions
from infra.stacks.gateway import all_methods, gateway_responses
from infra.stacks.operation import operation
from infra.stacks.sockets import socket_policies
from infra.stages import Config, settings_of

LOG_DAYS = 30
_BURST, _RATE = 1000, 500
"""The API's limits of concurrent requests and requests per second; an account has 10,000 per second and region."""

_DISCARD_AFTER_A_MINUTE = {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 0}
"""For scheduled calls. By default Lambda retries a failed call twice, and a throttled one for six hours, although every
minute brings a new one."""

_ACCESS_LOG = json.dumps(
    {
        "requestId": "$context.requestId",
        "ip": "$context.identity.sourceIp",
        "time": "$context.requestTime",
        "method": "$context.httpMethod",
        "route": "$context.resourcePath",
        "status": "$context.status",
        "bytes": "$context.responseLength",
        "latencyMs": "$context.responseLatency",
        "functionMs": "$context.integrationLatency",
        "functionStatus": "$context.integrationStatus",
        "error": "$context.error.message",
    }
)
_SOCKET_LOG = json.dumps(
    {
        "requestId": "$context.requestId",
        "connectionId": "$context.connectionId",
        "ip": "$context.identity.sourceIp",
        "time": "$context.requestTime",
        "route": "$context.routeKey",
        "status": "$context.status",
        "error": "$context.error.message",
    }
)


def stack_name(stage: str) -> str:
    """Return the name of the application's stack."""
    return f"baton-{stage}"


def merge_template(stage: str, config: Config | None = None, target: Target = LAMBDA) -> dict[str, Any]:
    """Return the additions to Chalice's template. Raise `UnknownStage`.

    `config` replaces `.chalice/config.json`. The Python version of `target` is the functions' runtime, because Chalice
    would use the version that it runs on.
    """
    deployed = functions()
    resources: dict[str, Any] = {
        "RestAPI": {"Properties": _rest_api(stage, settings_of(stage, config))},
        "RestAccessLog": _log_group(f"/baton/{stage}/rest-access"),
        "SocketAccessLog": _log_group(f"/baton/{stage}/socket-access"),
        "WebsocketAPIStage": {"Properties": _socket_stage()},
        **rest_firewall(stage),
        **socket_policies(stage),
        **operation(stage, deployed),
    }
    for function in deployed:
        properties: dict[str, Any] = {"FunctionName": function.full_name(stage), "Runtime": target.runtime}
        if function.scheduled:
            properties["EventInvokeConfig"] = _DISCARD_AFTER_A_MINUTE
        resources[function.resource] = {"DependsOn": [f"{function.resource}Log"], "Properties": properties}
        resources[f"{function.resource}Log"] = _log_group(function.log_group(stage))
    return {
        "Description": f"Baton ({stage}): functions, APIs, schedules and alarms.",
        "Parameters": rest_parameters(stage, config),
        "Conditions": conditions(),
        "Resources": resources,
        "Outputs": {
            "AlarmTopic": {"Value": {"Ref": "AlarmTopic"}},
            "SocketURL": {
                "Value": {"Fn::Sub": "wss://${WebsocketAPI}.execute-api.${AWS::Region}.${AWS::URLSuffix}/api"}
            },
        },
    }


def _rest_api(stage: str, settings: Settings) -> dict[str, Any]:
    """Return the REST API.

    With the property `OpenApiVersion` CloudFormation's transform does not add a stage named `Stage`, which would be
    public without throttling and access logs. Metrics per method are off, because each is billed and the access log
    contains the same data.
    """
    all_method_settings = {
        "HttpMethod": "*",
        "ResourcePath": "/*",
        "ThrottlingBurstLimit": _BURST,
        "ThrottlingRateLimit": _RATE,
    }
    return {
        "Name": stack_name(stage),
        "OpenApiVersion": "2.0",
        "DefinitionBody": {"info": {"title": stack_name(stage)}, "paths": all_methods()},
        "AccessLogSetting": {"DestinationArn": {"Fn::GetAtt": ["RestAccessLog", "Arn"]}, "Format": _ACCESS_LOG},
        "MethodSettings": [all_method_settings],
        "GatewayResponses": gateway_responses(settings.cors_origin, settings.max_body_bytes),
    }


def _socket_stage() -> dict[str, Any]:
    return {
        "AccessLogSettings": {"DestinationArn": {"Fn::GetAtt": ["SocketAccessLog", "Arn"]}, "Format": _SOCKET_LOG},
        "DefaultRouteSettings": {"ThrottlingBurstLimit": _BURST, "ThrottlingRateLimit": _RATE},
    }


def _log_group(name: str) -> dict[str, Any]:
    return {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": {"LogGroupName": name, "RetentionInDays": LOG_DAYS},
    }

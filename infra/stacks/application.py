"""What is merged into Chalice's template of the application (`chalice package --merge-template`).

Chalice makes functions, roles, both APIs and the schedules. Added here is what it has no words for: names (the
functions start each other by name), the gateway's own answers, throttling, access logs, how long logs are kept, and
the alarms. Chalice's own `log_retention_in_days` names a resource that does not exist, so it is not used.
"""

from __future__ import annotations

import json
from typing import Any

from chalicelib.core.settings import Settings
from infra.stacks.functions import functions
from infra.stacks.gateway import gateway_responses
from infra.stacks.operation import operation

LOG_DAYS = 30
_BURST, _RATE = 1000, 500
"""Requests at once and per second that the API lets through; an account has 10,000 per second in a region."""

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
    """What the application's stack is called."""
    return f"baton-{stage}"


def merge_template(stage: str) -> dict[str, Any]:
    """The part of the application's template that is Baton's own."""
    deployed = functions()
    resources: dict[str, Any] = {
        "RestAPI": {"Properties": _rest_api(stage)},
        "RestAccessLog": _log_group(f"/baton/{stage}/rest-access"),
        "SocketAccessLog": _log_group(f"/baton/{stage}/socket-access"),
        "WebsocketAPIStage": {"Properties": _socket_stage()},
        **operation(stage, deployed),
    }
    for function in deployed:
        resources[function.resource] = {
            "DependsOn": [f"{function.resource}Log"],
            "Properties": {"FunctionName": function.full_name(stage)},
        }
        resources[f"{function.resource}Log"] = _log_group(function.log_group(stage))
    return {
        "Description": f"Baton ({stage}): functions, APIs, schedules and alarms.",
        "Resources": resources,
        "Outputs": {
            "AlarmTopic": {"Value": {"Ref": "AlarmTopic"}},
            "SocketURL": {
                "Value": {"Fn::Sub": "wss://${WebsocketAPI}.execute-api.${AWS::Region}.${AWS::URLSuffix}/api"}
            },
        },
    }


def _rest_api(stage: str) -> dict[str, Any]:
    everything = {
        "HttpMethod": "*",
        "ResourcePath": "/*",
        "MetricsEnabled": True,
        "ThrottlingBurstLimit": _BURST,
        "ThrottlingRateLimit": _RATE,
    }
    return {
        "Name": stack_name(stage),
        "AccessLogSetting": {"DestinationArn": {"Fn::GetAtt": ["RestAccessLog", "Arn"]}, "Format": _ACCESS_LOG},
        "MethodSettings": [everything],
        "GatewayResponses": gateway_responses(Settings(stage=stage).cors_origin),
    }


def _socket_stage() -> dict[str, Any]:
    return {
        "AccessLogSettings": {"DestinationArn": {"Fn::GetAtt": ["SocketAccessLog", "Arn"]}, "Format": _SOCKET_LOG},
        "DefaultRouteSettings": {
            "DetailedMetricsEnabled": True,
            "ThrottlingBurstLimit": _BURST,
            "ThrottlingRateLimit": _RATE,
        },
    }


def _log_group(name: str) -> dict[str, Any]:
    return {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": {"LogGroupName": name, "RetentionInDays": LOG_DAYS},
    }

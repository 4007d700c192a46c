"""The web ACLs (AWS WAF) that limit requests per client address, for the REST API and for a domain's distribution.

WAF counts over five minutes. Requests beyond a limit get 429 in Baton's error format until the rate falls.

The REST API sees the addresses of CloudFront's servers, which many clients share. So requests that carry the client's
address (`X-Baton-Viewer`) are counted by server and client together. Whoever calls the REST API directly can forge that
header; a second limit per server, for all of its clients, bounds this. WAF does not support socket APIs: their
handshakes are counted by the distribution only.

An ACL of a distribution has to be in us-east-1, so it has a template of its own (`infra.stacks firewall`).
"""

from __future__ import annotations

import json
from typing import Any

from chalicelib.core.errors import RateLimited
from chalicelib.edge.client_ip import VIEWER
from chalicelib.edge.http import SECURITY_HEADERS
from infra.stages import Config, requests_per_address

LIMIT, SERVER_LIMIT = "RequestsPerAddress", "RequestsPerServer"
_ENABLED = "LimitsRequests"
_SERVER_DEFAULT = 50_000
_HEADER = VIEWER.lower()
_AS_SENT = [{"Priority": 0, "Type": "NONE"}]
_RATE_LIMITED = {"success": False, "error": {"code": RateLimited.code, "message": RateLimited.summary, "details": {}}}
RETRY_AFTER_S = 60


def stack_name(stage: str) -> str:
    """Return the name of the stack in us-east-1."""
    return f"baton-{stage}-firewall"


def parameters(stage: str, config: Config | None) -> dict[str, Any]:
    """Return the parameter of every template with an ACL. Its default is that of the stage's configuration."""
    return {
        LIMIT: {
            "Type": "Number",
            "Default": requests_per_address(stage, config),
            "MinValue": 0,
            "MaxValue": 2_000_000_000,
            "Description": "Requests per client address in five minutes, at least 10; 0 for no limit.",
        }
    }


def conditions() -> dict[str, Any]:
    """Return the condition that the limit is not switched off."""
    return {_ENABLED: {"Fn::Not": [{"Fn::Equals": [{"Ref": LIMIT}, 0]}]}}


def rest_parameters(stage: str, config: Config | None = None) -> dict[str, Any]:
    """Return the parameters of the application's template."""
    return {
        **parameters(stage, config),
        SERVER_LIMIT: {
            "Type": "Number",
            "Default": _SERVER_DEFAULT,
            "MinValue": 10,
            "MaxValue": 2_000_000_000,
            "Description": "Requests per address in five minutes, all clients behind a CloudFront server together.",
        },
    }


def rest_firewall(stage: str) -> dict[str, Any]:
    """Return the ACL of the REST API and its association."""
    has_viewer = {
        "SizeConstraintStatement": {
            "FieldToMatch": {"SingleHeader": {"Name": _HEADER}},
            "ComparisonOperator": "GE",
            "Size": 0,
            "TextTransformations": _AS_SENT,
        }
    }
    by_both = [{"IP": {}}, {"Header": {"Name": _HEADER, "TextTransformations": _AS_SENT}}]
    rules = [
        _rule(
            "PerAddress",
            0,
            LIMIT,
            AggregateKeyType="IP",
            ScopeDownStatement={"NotStatement": {"Statement": has_viewer}},
        ),
        _rule("PerViewer", 1, LIMIT, AggregateKeyType="CUSTOM_KEYS", CustomKeys=by_both),
        _rule("PerServer", 2, SERVER_LIMIT, AggregateKeyType="IP"),
    ]
    stage_arn = "arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${RestAPI}/stages/${RestAPI.Stage}"
    return {
        "Firewall": _acl(f"baton-{stage}", "REGIONAL", rules),
        "FirewallAssociation": {
            "Type": "AWS::WAFv2::WebACLAssociation",
            "Condition": _ENABLED,
            "Properties": {
                "WebACLArn": {"Fn::GetAtt": ["Firewall", "Arn"]},
                "ResourceArn": {"Fn::Sub": stage_arn},
            },
        },
    }


def firewall(stage: str, config: Config | None = None) -> dict[str, Any]:
    """Return the template with the ACL of the domain's distribution, for us-east-1."""
    acl = _acl(f"baton-{stage}-domain", "CLOUDFRONT", [_rule("PerAddress", 0, LIMIT, AggregateKeyType="IP")])
    [rule] = acl["Properties"]["Rules"]
    headers = [
        {"Name": name, "Value": value}
        for name, value in {**SECURITY_HEADERS, "Retry-After": str(RETRY_AFTER_S)}.items()
    ]
    custom = {"ResponseCode": RateLimited.status, "CustomResponseBodyKey": "RateLimited", "ResponseHeaders": headers}
    rule["Action"] = {"Block": {"CustomResponse": custom}}
    body = {"ContentType": "APPLICATION_JSON", "Content": json.dumps(_RATE_LIMITED)}
    acl["Properties"]["CustomResponseBodies"] = {"RateLimited": body}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Baton ({stage}): limits of requests for the domain, in us-east-1.",
        "Parameters": parameters(stage, config),
        "Conditions": conditions(),
        "Resources": {"Firewall": acl},
        "Outputs": {"WebAclArn": {"Condition": _ENABLED, "Value": {"Fn::GetAtt": ["Firewall", "Arn"]}}},
    }


def _rule(name: str, priority: int, limit: str, **statement: Any) -> dict[str, Any]:
    return {
        "Name": name,
        "Priority": priority,
        "Statement": {"RateBasedStatement": {"Limit": {"Ref": limit}, "EvaluationWindowSec": 300, **statement}},
        "Action": {"Block": {}},
        "VisibilityConfig": _metrics(name),
    }


def _acl(name: str, scope: str, rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "Type": "AWS::WAFv2::WebACL",
        "Condition": _ENABLED,
        "Properties": {
            "Name": name,
            "Scope": scope,
            "DefaultAction": {"Allow": {}},
            "Rules": rules,
            "VisibilityConfig": _metrics(name),
        },
    }


def _metrics(name: str) -> dict[str, Any]:
    return {"CloudWatchMetricsEnabled": True, "MetricName": name, "SampledRequestsEnabled": False}

"""Adapts the templates to the emulator, and lists its differences from AWS.

The package is the same. In the template of the foundation:

- bucket policies, which refuse requests without TLS, are removed, because the emulator enforces them and has no TLS

In the template of the application:

- the socket API's deployment, which the emulator does not support, is removed; its stage is deployed automatically
- alarms on a sum of metrics are removed, and the firewall with its parameters
- binary media types, which Chalice writes into the definition of the API, are repeated as a property
- functions get the endpoints of the emulator's sockets and buckets, which they derive themselves on AWS
In the template of the distribution:

- of the policy of the bucket, only the refusal of requests without TLS is removed
- the REST API is reached at the emulator's address, without TLS; the emulator forwards no sockets
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit

import httpx
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

_UNSUPPORTED = ("AWS::ApiGatewayV2::Deployment", "AWS::WAFv2::WebACL", "AWS::WAFv2::WebACLAssociation")
_OF_FIREWALL = ("Conditions", "Parameters")
_BINARY = "x-amazon-apigateway-binary-media-types"

NOT_EMULATED = (
    "functions run with the emulator's interpreter, without Lambda's memory limit and without X-Ray",
    "alarms, dashboard, throttling, log retention, point-in-time recovery and TLS are declared and not tested",
    "sockets behind the distribution, its cache, compression and TLS, and a custom domain are declared and not tested",
    "the firewall, and the expiry of old versions in the photo bucket, are declared and not tested",
)
"""Differences that cannot be detected by a request."""


def adapted_foundation(template: dict[str, Any]) -> dict[str, Any]:
    """Return the foundation's template for the emulator."""
    resources = template["Resources"]
    kept = {name: resource for name, resource in resources.items() if resource["Type"] != "AWS::S3::BucketPolicy"}
    return {**template, "Resources": kept}


def adapted_application(template: dict[str, Any], url: str) -> dict[str, Any]:
    """Return the application's template for the emulator at this URL."""
    resources = template["Resources"]
    removed = {name for name, one in resources.items() if one["Type"] in _UNSUPPORTED or _is_sum_alarm(one)}
    kept = {name: _without_dependencies(one, removed) for name, one in resources.items() if name not in removed}
    stage = kept["WebsocketAPIStage"]["Properties"]
    stage.pop("DeploymentId")
    stage["AutoDeploy"] = True
    rest = kept["RestAPI"]["Properties"]
    rest["BinaryMediaTypes"] = rest["DefinitionBody"][_BINARY]
    endpoints = {
        "BATON_SOCKETS_ENDPOINT": {"Fn::Sub": f"{url}/_aws/execute-api/${{WebsocketAPI}}/api"},
        "BATON_S3_ENDPOINT": url,
    }
    for resource in kept.values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["Environment"]["Variables"].update(endpoints)
    return {**{name: part for name, part in template.items() if name not in _OF_FIREWALL}, "Resources": kept}


def adapted_domain(template: dict[str, Any], url: str) -> dict[str, Any]:
    """Return the distribution's template for the emulator at this URL."""
    adapted = deepcopy(template)
    policy = adapted["Resources"]["ConsolePolicy"]["Properties"]["PolicyDocument"]
    policy["Statement"] = [one for one in policy["Statement"] if one["Effect"] == "Allow"]
    config = adapted["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    [rest] = [origin for origin in config["Origins"] if origin["Id"] == "rest"]
    emulator = urlsplit(url)
    rest["DomainName"] = emulator.hostname
    rest["OriginPath"] = {"Fn::Sub": "/_aws/execute-api/${RestApiId}"}
    rest["CustomOriginConfig"] = {"HTTPPort": emulator.port, "OriginProtocolPolicy": "http-only"}
    return adapted


def _is_sum_alarm(resource: dict[str, Any]) -> bool:
    return resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]


def _without_dependencies(resource: dict[str, Any], removed: set[str]) -> dict[str, Any]:
    """Return the resource without its dependencies on removed resources."""
    declared = resource.get("DependsOn", [])
    dependencies = [name for name in ([declared] if isinstance(declared, str) else declared) if name not in removed]
    kept = {name: value for name, value in resource.items() if name != "DependsOn"}
    return {**kept, "DependsOn": dependencies} if dependencies else kept


def differences(rest: str, sockets: str) -> Iterator[str]:
    """Send requests to the emulator and yield the differences from AWS."""
    with httpx.Client(trust_env=False, timeout=60) as http:
        preflight = http.options(f"{rest}/v1/orders", headers={"Origin": "https://shop.example"})
        if "Access-Control-Allow-Methods" not in preflight.headers:
            yield "a browser's preflight gets no CORS headers"
        wrong_method = http.delete(f"{rest}/v1/orders")
        if wrong_method.status_code != 405:
            yield f"a wrong method gets {wrong_method.status_code} instead of 405 from the application"
        large = http.post(f"{rest}/v1/auth/login", content=bytes(11_000_000))
        if large.status_code != 413:
            yield f"a body of 11 MB gets {large.status_code} instead of 413 from the gateway"
        compressible = http.get(f"{rest}/v1/openapi.json", headers={"Accept-Encoding": "gzip"})
        if "Content-Encoding" not in compressible.headers:
            yield "responses are not compressed"
    try:
        with connect(sockets, proxy=None, open_timeout=60):
            yield "a socket without a token opens"
    except InvalidStatus as refused:
        if refused.response.status_code != 401:
            yield f"a socket without a token gets {refused.response.status_code} instead of 401"

"""What the emulator needs otherwise than AWS, and what it does otherwise; all of it is here.

The package is the same byte for byte. In the template of the foundation:

- the policies of the buckets, which refuse what comes without TLS, are left out: the emulator has none, and heeds them

In the template of the application:

- the socket API's deployment is left out, which the emulator does not know; its stage deploys by itself instead
- so are alarms that watch a sum of metrics
- the media types that are binary, which Chalice writes into the definition of the API, are said once more beside it
- functions are told where the emulator's sockets and buckets are: on AWS they work that out
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

_UNKNOWN = "AWS::ApiGatewayV2::Deployment"
_BINARY = "x-amazon-apigateway-binary-media-types"

ALWAYS = (
    "functions run with the emulator's own interpreter, without Lambda's limits of memory and without X-Ray",
    "alarms, dashboard, throttling, log retention, point-in-time recovery and TLS are declared, and not tried out",
)
"""What no look at it would show."""


def adapted_foundation(template: dict[str, Any]) -> dict[str, Any]:
    """The foundation's template as the emulator takes it."""
    resources = template["Resources"]
    kept = {name: one for name, one in resources.items() if one["Type"] != "AWS::S3::BucketPolicy"}
    return {**template, "Resources": kept}


def adapted_application(template: dict[str, Any], url: str) -> dict[str, Any]:
    """The application's template as the emulator at this address takes it."""
    resources = template["Resources"]
    left_out = {name for name, one in resources.items() if one["Type"] == _UNKNOWN or _watches_sum(one)}
    kept = {name: _without(one, left_out) for name, one in resources.items() if name not in left_out}
    stage = kept["WebsocketAPIStage"]["Properties"]
    stage.pop("DeploymentId")
    stage["AutoDeploy"] = True
    rest = kept["RestAPI"]["Properties"]
    rest["BinaryMediaTypes"] = rest["DefinitionBody"][_BINARY]
    told = {
        "BATON_SOCKETS_ENDPOINT": {"Fn::Sub": f"{url}/_aws/execute-api/${{WebsocketAPI}}/api"},
        "BATON_S3_ENDPOINT": url,
    }
    for one in kept.values():
        if one["Type"] == "AWS::Serverless::Function":
            one["Properties"]["Environment"]["Variables"].update(told)
    return {**template, "Resources": kept}


def _watches_sum(resource: dict[str, Any]) -> bool:
    return resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]


def _without(resource: dict[str, Any], left_out: set[str]) -> dict[str, Any]:
    """The resource, which does not wait for what is left out."""
    waits = resource.get("DependsOn", [])
    after = [name for name in ([waits] if isinstance(waits, str) else waits) if name not in left_out]
    kept = {name: value for name, value in resource.items() if name != "DependsOn"}
    return {**kept, "DependsOn": after} if after else kept


def differences(rest: str, sockets: str) -> Iterator[str]:
    """What the emulator answers otherwise than AWS, asked of it now."""
    with httpx.Client(trust_env=False, timeout=60) as http:
        asked = http.options(f"{rest}/v1/orders", headers={"Origin": "https://shop.example"})
        if "Access-Control-Allow-Methods" not in asked.headers:
            yield "a browser's preflight gets no CORS headers"
        other = http.delete(f"{rest}/v1/orders")
        if other.status_code != 405:
            yield f"a method that an address does not have is answered {other.status_code}, not 405 by the application"
        large = http.post(f"{rest}/v1/auth/login", content=bytes(11_000_000))
        if large.status_code != 413:
            yield f"a body of 11 MB is answered {large.status_code}, not 413 by the gateway"
        unzipped = http.get(f"{rest}/v1/openapi.json", headers={"Accept-Encoding": "gzip"})
        if "Content-Encoding" not in unzipped.headers:
            yield "answers are not compressed"
    try:
        with connect(sockets, proxy=None, open_timeout=60):
            yield "a socket without a token is opened"
    except InvalidStatus as refused:
        if refused.response.status_code != 401:
            yield f"a socket without a token is refused with {refused.response.status_code}, not 401"

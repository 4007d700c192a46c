"""The template of a custom domain: REST and sockets under one host, with the paths of the contract.

API Gateway does not support a socket API and a REST API under one domain name, so CloudFront serves both. Paths that
begin with `/api/v1/ws/` go to the socket API, which has one path only: a CloudFront function rewrites the path and adds
the channel as the query parameter that `$connect` reads, and answers unknown channels. Nothing is cached.

API Gateway sees CloudFront's addresses instead of the clients'. So another function adds the client's address as a
header, and the REST origin gets a proof that the header is ours (`chalicelib.edge.client_ip`). Sockets do not use
client addresses.

The certificate has to be in us-east-1, which CloudFront requires.
"""

from __future__ import annotations

import json
from typing import Any

from chalicelib.core.errors import RouteNotFound
from chalicelib.edge.client_ip import PROOF, VIEWER
from chalicelib.realtime.permissions import CHANNELS
from infra.proofs import SLOTS
from infra.stages import Config, settings_of

# Managed policies of CloudFront: no caching; forward all viewer headers except Host.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
_ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
_ALL_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]

_NOT_FOUND = {
    "success": False,
    "error": {"code": RouteNotFound.code, "message": RouteNotFound.summary, "details": {}},
}

CHANNEL_FUNCTION = """\
function handler(event) {
  var request = event.request;
  var parts = request.uri.split('/');
  var channel = parts[4];
  if (!CHANNELS.includes(channel) || parts.slice(5).join('')) {
    return {
      statusCode: 404,
      headers: {
        'content-type': { value: 'application/json' },
        'x-request-id': { value: event.context.requestId }
      },
      body: { encoding: 'text', data: NOT_FOUND }
    };
  }
  request.uri = '/api';
  request.querystring.channel = { value: channel };
  return request;
}
""".replace("CHANNELS", json.dumps(CHANNELS)).replace("NOT_FOUND", json.dumps(json.dumps(_NOT_FOUND)))

# Replaces a header of this name that a client may have sent.
VIEWER_FUNCTION = f"""\
function handler(event) {{
  var request = event.request;
  request.headers['{VIEWER.lower()}'] = {{ value: event.viewer.ip }};
  return request;
}}
"""


def stack_name(stage: str) -> str:
    """Return the name of the domain's stack."""
    return f"baton-{stage}-domain"


def domain(stage: str, config: Config | None = None) -> dict[str, Any]:
    """Return the template of a stage's domain. Raise `UnknownStage`. `config` replaces `.chalice/config.json`."""
    descriptions = {
        "DomainName": "The host name for clients, such as api.example.com.",
        "CertificateArn": "The ARN of an ACM certificate for the host name, in us-east-1.",
        "RestApiId": "The application's output RestAPIId.",
        "SocketApiId": "The application's output WebsocketAPIId.",
        "ApiRegion": "The region of the application.",
    }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Baton ({stage}): one host for REST and sockets.",
        "Parameters": {
            **{name: {"Type": "String", "MinLength": 1, "Description": text} for name, text in descriptions.items()},
            "WebAclArn": {
                "Type": "String",
                "Default": "",
                "Description": "The output WebAclArn of the firewall; empty for no limit per address.",
            },
            "Proof": {
                "Type": "String",
                "AllowedValues": list(SLOTS),
                "Description": "The slot of the proof in the secret; see `python -m infra.proofs`.",
            },
        },
        "Conditions": {"HasFirewall": {"Fn::Not": [{"Fn::Equals": [{"Ref": "WebAclArn"}, ""]}]}},
        "Resources": {
            "Channel": _function(
                f"baton-{stage}-channel", "Convert socket paths to the query parameter channel", CHANNEL_FUNCTION
            ),
            "Viewer": _function(f"baton-{stage}-viewer", "Add the client's address as a header", VIEWER_FUNCTION),
            "Distribution": _distribution(settings_of(stage, config).key_secret),
        },
        "Outputs": {
            "Target": {
                "Description": "The target of the domain's CNAME or alias record.",
                "Value": {"Fn::GetAtt": ["Distribution", "DomainName"]},
            }
        },
    }


def _function(name: str, comment: str, code: str) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudFront::Function",
        "Properties": {
            "Name": name,
            "AutoPublish": True,
            "FunctionCode": code,
            "FunctionConfig": {"Comment": comment, "Runtime": "cloudfront-js-2.0"},
        },
    }


def _distribution(secret: str) -> dict[str, Any]:
    # CloudFormation resolves the proof; the template contains only the reference.
    proof = {"Fn::Sub": f"{{{{resolve:secretsmanager:{secret}:SecretString:${{Proof}}}}}}"}
    return {
        "Type": "AWS::CloudFront::Distribution",
        "Properties": {
            "DistributionConfig": {
                "Enabled": True,
                "WebACLId": {"Fn::If": ["HasFirewall", {"Ref": "WebAclArn"}, {"Ref": "AWS::NoValue"}]},
                "Aliases": [{"Ref": "DomainName"}],
                "HttpVersion": "http2",  # browser sockets need 1.1, which is always enabled; HTTP/3 has no WebSockets
                "ViewerCertificate": {
                    "AcmCertificateArn": {"Ref": "CertificateArn"},
                    "MinimumProtocolVersion": "TLSv1.2_2021",
                    "SslSupportMethod": "sni-only",
                },
                "Origins": [
                    {
                        **_origin("rest", "RestApiId"),
                        "OriginCustomHeaders": [{"HeaderName": PROOF, "HeaderValue": proof}],
                    },
                    _origin("sockets", "SocketApiId"),
                ],
                "DefaultCacheBehavior": _behaviour("rest", "Viewer"),
                "CacheBehaviors": [{"PathPattern": "/api/v1/ws/*", **_behaviour("sockets", "Channel")}],
            }
        },
    }


def _origin(name: str, parameter: str) -> dict[str, Any]:
    return {
        "Id": name,
        "DomainName": {"Fn::Sub": f"${{{parameter}}}.execute-api.${{ApiRegion}}.${{AWS::URLSuffix}}"},
        "CustomOriginConfig": {
            "OriginProtocolPolicy": "https-only",
            "OriginSSLProtocols": ["TLSv1.2"],
            "OriginReadTimeout": 30,
        },
    }


def _behaviour(origin: str, function: str) -> dict[str, Any]:
    association = {"EventType": "viewer-request", "FunctionARN": {"Fn::GetAtt": [function, "FunctionARN"]}}
    return {
        "TargetOriginId": origin,
        "ViewerProtocolPolicy": "https-only",
        "AllowedMethods": _ALL_METHODS,
        "CachePolicyId": _CACHING_DISABLED,
        "OriginRequestPolicyId": _ALL_VIEWER_EXCEPT_HOST,
        "FunctionAssociations": [association],
    }

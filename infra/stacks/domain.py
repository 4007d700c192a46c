"""A custom domain: REST and sockets under one host, with the paths that clients know.

API Gateway cannot have a socket API and a REST API under one domain name, so CloudFront stands in front of both. What
begins with `/api/v1/ws/` goes to the socket API, which knows no paths: a small function at the edge turns the address
into the one path that it has, and hands on the channel as the query parameter that `$connect` reads. Nothing is cached.

API Gateway sees CloudFront's addresses in place of the clients'. So another function writes the client's down, and the
origin of REST is shown a proof that it was ours (`chalicelib.edge.client_ip`). Sockets have no use for addresses.

The certificate has to be in us-east-1, where CloudFront looks for it.
"""

from __future__ import annotations

from typing import Any

from chalicelib.edge.client_ip import PROOF, VIEWER
from infra.proofs import PLACES
from infra.stages import Config, settings_of

# Managed policies of CloudFront: no caching; everything of the viewer but its Host header.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
_ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
_ALL_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]

CHANNEL_FUNCTION = """\
function handler(event) {
  var request = event.request;
  var channel = request.uri.split('/').pop();
  request.uri = '/api';
  request.querystring.channel = { value: channel };
  return request;
}
"""

# In place of whatever a client may have sent under that name.
VIEWER_FUNCTION = f"""\
function handler(event) {{
  var request = event.request;
  request.headers['{VIEWER.lower()}'] = {{ value: event.viewer.ip }};
  return request;
}}
"""


def stack_name(stage: str) -> str:
    """What the stack is called."""
    return f"baton-{stage}-domain"


def domain(stage: str, config: Config | None = None) -> dict[str, Any]:
    """The template of a stage's domain; its parameters are outputs of the application's stack, certificate and proof.

    Raises `NoStage`; `config`: other than `.chalice/config.json`.
    """
    texts = {
        "DomainName": "The host by which clients call, such as api.example.com.",
        "CertificateArn": "Of an ACM certificate for it, in us-east-1.",
        "RestApiId": "The application's output RestAPIId.",
        "SocketApiId": "The application's output WebsocketAPIId.",
        "ApiRegion": "The region of the application.",
    }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Baton ({stage}): one host for REST and sockets.",
        "Parameters": {
            **{name: {"Type": "String", "MinLength": 1, "Description": text} for name, text in texts.items()},
            "Proof": {
                "Type": "String",
                "AllowedValues": list(PLACES),
                "Description": "Which proof of the secret is shown; `python -m infra.proofs` makes them.",
            },
        },
        "Resources": {
            "Channel": _function(
                f"baton-{stage}-channel", "Socket paths become the query parameter channel", CHANNEL_FUNCTION
            ),
            "Viewer": _function(f"baton-{stage}-viewer", "The address of the client becomes a header", VIEWER_FUNCTION),
            "Distribution": _distribution(settings_of(stage, config).key_secret),
        },
        "Outputs": {
            "Target": {
                "Description": "What the domain's CNAME or alias record points at.",
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
    # CloudFormation puts the proof in; the template and what is kept of it have the reference.
    shown = {"Fn::Sub": f"{{{{resolve:secretsmanager:{secret}:SecretString:${{Proof}}}}}}"}
    return {
        "Type": "AWS::CloudFront::Distribution",
        "Properties": {
            "DistributionConfig": {
                "Enabled": True,
                "Aliases": [{"Ref": "DomainName"}],
                "HttpVersion": "http2",  # browsers' sockets need 1.1, which is always offered; 3 has none
                "ViewerCertificate": {
                    "AcmCertificateArn": {"Ref": "CertificateArn"},
                    "MinimumProtocolVersion": "TLSv1.2_2021",
                    "SslSupportMethod": "sni-only",
                },
                "Origins": [
                    {
                        **_origin("rest", "RestApiId"),
                        "OriginCustomHeaders": [{"HeaderName": PROOF, "HeaderValue": shown}],
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
    at_the_edge = {"EventType": "viewer-request", "FunctionARN": {"Fn::GetAtt": [function, "FunctionARN"]}}
    return {
        "TargetOriginId": origin,
        "ViewerProtocolPolicy": "https-only",
        "AllowedMethods": _ALL_METHODS,
        "CachePolicyId": _CACHING_DISABLED,
        "OriginRequestPolicyId": _ALL_VIEWER_EXCEPT_HOST,
        "FunctionAssociations": [at_the_edge],
    }

"""A custom domain: REST and sockets under one host, with the paths that clients know.

API Gateway cannot have a socket API and a REST API under one domain name, so CloudFront stands in front of both. What
begins with `/api/v1/ws/` goes to the socket API, which knows no paths: a small function at the edge turns the address
into the one path that it has, and hands on the channel as the query parameter that `$connect` reads. Nothing is cached.

The certificate has to be in us-east-1, where CloudFront looks for it.
"""

from __future__ import annotations

from typing import Any

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


def stack_name(stage: str) -> str:
    """What the stack is called."""
    return f"baton-{stage}-domain"


def domain(stage: str) -> dict[str, Any]:
    """The template of a stage's domain; its parameters are outputs of the application's stack, and the certificate."""
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
        "Parameters": {name: {"Type": "String", "MinLength": 1, "Description": text} for name, text in texts.items()},
        "Resources": {"Channel": _channel(stage), "Distribution": _distribution()},
        "Outputs": {
            "Target": {
                "Description": "What the domain's CNAME or alias record points at.",
                "Value": {"Fn::GetAtt": ["Distribution", "DomainName"]},
            }
        },
    }


def _channel(stage: str) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudFront::Function",
        "Properties": {
            "Name": f"baton-{stage}-channel",
            "AutoPublish": True,
            "FunctionCode": CHANNEL_FUNCTION,
            "FunctionConfig": {
                "Comment": "Socket paths become the query parameter channel",
                "Runtime": "cloudfront-js-2.0",
            },
        },
    }


def _distribution() -> dict[str, Any]:
    at_the_edge = {"EventType": "viewer-request", "FunctionARN": {"Fn::GetAtt": ["Channel", "FunctionARN"]}}
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
                "Origins": [_origin("rest", "RestApiId"), _origin("sockets", "SocketApiId")],
                "DefaultCacheBehavior": _behaviour("rest"),
                "CacheBehaviors": [
                    {"PathPattern": "/api/v1/ws/*", **_behaviour("sockets"), "FunctionAssociations": [at_the_edge]}
                ],
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


def _behaviour(origin: str) -> dict[str, Any]:
    return {
        "TargetOriginId": origin,
        "ViewerProtocolPolicy": "https-only",
        "AllowedMethods": _ALL_METHODS,
        "CachePolicyId": _CACHING_DISABLED,
        "OriginRequestPolicyId": _ALL_VIEWER_EXCEPT_HOST,
    }

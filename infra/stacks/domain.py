"""The template of a stage's distribution: web console, REST and sockets under one host, with the paths of the contract.

The host is CloudFront's own, or a custom domain. CloudFront serves all three, because pages reach API and sockets only
at their own host, and API Gateway does not support a socket API and a REST API under one domain name:

    /api/v1/ws/*    the socket API, which has one path only: a CloudFront function rewrites the path, adds the channel
                    as the query parameter that `$connect` reads, and answers unknown channels; never cached
    /api/*          the REST API, also `/api/v1/ws/tickets`; never cached
    all others      the console (`infra.stacks.console`)

API Gateway sees CloudFront's addresses instead of the clients'. So another function adds the client's address as a
header, and the REST origin gets a proof that the header is ours (`chalicelib.edge.client_ip`). Sockets do not use
client addresses.

The certificate of a custom domain has to be in us-east-1, which CloudFront requires.
"""

from __future__ import annotations

from typing import Any

from chalicelib.edge.client_ip import PROOF
from chalicelib.realtime.routes import TICKETS
from infra.proofs import SLOTS
from infra.stacks import console
from infra.stacks.console import HAS_DOMAIN
from infra.stacks.edge_functions import CHANNEL_FUNCTION, VIEWER_FUNCTION, function, on_request
from infra.stages import Config, settings_of

# Managed policies of CloudFront: no caching; forward all viewer headers except Host.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
_ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
_ALL_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]

_REQUIRED = {
    "RestApiId": "The application's output RestAPIId.",
    "SocketApiId": "The application's output WebsocketAPIId.",
    "ApiRegion": "The region of the application.",
}
_OPTIONAL = {
    "DomainName": "The host name for clients, such as baton.example.com; empty for CloudFront's own.",
    "WebAclArn": "The output WebAclArn of the firewall; empty for no limit per address.",
}


def stack_name(stage: str) -> str:
    """Return the name of the distribution's stack."""
    return f"baton-{stage}-domain"


def domain(stage: str, config: Config | None = None) -> dict[str, Any]:
    """Return the template of a stage's distribution. Raise `UnknownStage`. `config` replaces `.chalice/config.json`."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Baton ({stage}): one host for the web console, REST and sockets.",
        "Parameters": {
            **{name: {"Type": "String", "MinLength": 1, "Description": text} for name, text in _REQUIRED.items()},
            **{name: {"Type": "String", "Default": "", "Description": text} for name, text in _OPTIONAL.items()},
            # No default, because an empty text is not an ARN.
            "CertificateArn": {
                "Type": "String",
                "Description": "The ARN of an ACM certificate for the host name, in us-east-1; empty without one.",
            },
            "Proof": {
                "Type": "String",
                "AllowedValues": list(SLOTS),
                "Description": "The slot of the proof in the secret; see `python -m infra.proofs`.",
            },
        },
        "Conditions": {HAS_DOMAIN: _is_given("DomainName"), "HasFirewall": _is_given("WebAclArn")},
        "Resources": {
            **console.resources(stage, config),
            "Channel": function(
                f"baton-{stage}-channel", "Convert socket paths to the query parameter channel", CHANNEL_FUNCTION
            ),
            "Viewer": function(f"baton-{stage}-viewer", "Add the client's address as a header", VIEWER_FUNCTION),
            "Distribution": {
                "Type": "AWS::CloudFront::Distribution",
                "Properties": {"DistributionConfig": _distribution(settings_of(stage, config).key_secret)},
            },
        },
        "Outputs": _outputs(),
    }


def _is_given(parameter: str) -> dict[str, Any]:
    return {"Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, ""]}]}


def _outputs() -> dict[str, Any]:
    own = {"Fn::GetAtt": ["Distribution", "DomainName"]}
    host = {"Fn::If": [HAS_DOMAIN, {"Ref": "DomainName"}, own]}
    return {
        "Target": {"Description": "The target of a domain's CNAME or alias record.", "Value": own},
        "ConsoleURL": {"Value": {"Fn::Sub": ["https://${Host}/", {"Host": host}]}},
        "ConsoleBucket": {"Value": {"Ref": "Console"}},
        "DistributionId": {"Value": {"Ref": "Distribution"}},
    }


def _distribution(secret: str) -> dict[str, Any]:
    # CloudFormation resolves the proof; the template contains only the reference.
    proof = {"Fn::Sub": f"{{{{resolve:secretsmanager:{secret}:SecretString:${{Proof}}}}}}"}
    nothing = {"Ref": "AWS::NoValue"}
    certificate = {
        "AcmCertificateArn": {"Ref": "CertificateArn"},
        "MinimumProtocolVersion": "TLSv1.2_2021",
        "SslSupportMethod": "sni-only",
    }
    return {
        "Enabled": True,
        "WebACLId": {"Fn::If": ["HasFirewall", {"Ref": "WebAclArn"}, nothing]},
        "Aliases": {"Fn::If": [HAS_DOMAIN, [{"Ref": "DomainName"}], nothing]},
        "HttpVersion": "http2",  # browser sockets need 1.1, which is always enabled; HTTP/3 has no WebSockets
        "ViewerCertificate": {"Fn::If": [HAS_DOMAIN, certificate, {"CloudFrontDefaultCertificate": True}]},
        "Origins": [
            {**_origin("rest", "RestApiId"), "OriginCustomHeaders": [{"HeaderName": PROOF, "HeaderValue": proof}]},
            _origin("sockets", "SocketApiId"),
            console.origin(),
        ],
        "DefaultCacheBehavior": console.behaviour(),
        "CacheBehaviors": [
            # The first pattern that matches counts.
            {"PathPattern": f"/api{TICKETS}", **_behaviour("rest", "Viewer")},
            {"PathPattern": "/api/v1/ws/*", **_behaviour("sockets", "Channel")},
            {"PathPattern": "/api/*", **_behaviour("rest", "Viewer")},
        ],
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
    return {
        "TargetOriginId": origin,
        "ViewerProtocolPolicy": "https-only",
        "AllowedMethods": _ALL_METHODS,
        "CachePolicyId": _CACHING_DISABLED,
        "OriginRequestPolicyId": _ALL_VIEWER_EXCEPT_HOST,
        "FunctionAssociations": on_request(function),
    }

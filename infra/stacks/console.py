"""The console's part of the domain's template: a private bucket, and the behaviour of the distribution that reads it.

Only the distribution reads the bucket (origin access control), and only the files below `site/`. Beside them are the
records of releases, from which `infra.hosting` knows the files that open pages may still load.
"""

from __future__ import annotations

from typing import Any

from chalicelib.edge.http import SECURITY_HEADERS
from infra import buckets
from infra.hosting.policy import content_security_policy, origin_of
from infra.stacks.edge_functions import PAGE_FUNCTION, function, on_request
from infra.stacks.foundation import RETAINED, tls_only
from infra.stages import Config, map_style, settings_of

ORIGIN = "console"
FOLDER = "site"
HAS_DOMAIN = "HasDomain"
KEPT_VERSIONS_DAYS = 30

# Managed policy of CloudFront: compress, and cache as the file's `Cache-Control` says.
_CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
_HSTS_S = 63_072_000


def resources(stage: str, config: Config | None = None) -> dict[str, Any]:
    """Return the resources. They refer to the template's `Distribution`, `HasDomain` and `DomainName`."""
    return {
        "Console": {"Type": "AWS::S3::Bucket", **RETAINED, "Properties": _bucket()},
        "ConsolePolicy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": "Console"},
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [tls_only("Console"), _read_by_distribution()],
                },
            },
        },
        "ConsoleAccess": {
            "Type": "AWS::CloudFront::OriginAccessControl",
            "Properties": {
                "OriginAccessControlConfig": {
                    "Name": f"baton-{stage}-console",
                    "OriginAccessControlOriginType": "s3",
                    "SigningBehavior": "always",
                    "SigningProtocol": "sigv4",
                }
            },
        },
        "ConsoleHeaders": {
            "Type": "AWS::CloudFront::ResponseHeadersPolicy",
            "Properties": {
                "ResponseHeadersPolicyConfig": {
                    "Name": f"baton-{stage}-console",
                    "SecurityHeadersConfig": _security_headers(stage, config),
                }
            },
        },
        "Page": function(f"baton-{stage}-page", "Return the console's page for all of its addresses", PAGE_FUNCTION),
    }


def origin() -> dict[str, Any]:
    """Return the origin that reads the bucket."""
    return {
        "Id": ORIGIN,
        "DomainName": {"Fn::GetAtt": ["Console", "RegionalDomainName"]},
        "OriginPath": f"/{FOLDER}",
        "OriginAccessControlId": {"Fn::GetAtt": ["ConsoleAccess", "Id"]},
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }


def behaviour() -> dict[str, Any]:
    """Return the behaviour of all paths that are not the API's. Errors are not replaced by the page."""
    return {
        "TargetOriginId": ORIGIN,
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": ["GET", "HEAD"],
        "Compress": True,
        "CachePolicyId": _CACHING_OPTIMIZED,
        "ResponseHeadersPolicyId": {"Ref": "ConsoleHeaders"},
        "FunctionAssociations": on_request("Page"),
    }


def _bucket() -> dict[str, Any]:
    old_versions = {
        "Id": "OldVersions",
        "Status": "Enabled",
        "NoncurrentVersionExpiration": {"NoncurrentDays": KEPT_VERSIONS_DAYS},
        "ExpiredObjectDeleteMarker": True,
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    }
    return {
        **buckets.private(),
        "VersioningConfiguration": {"Status": "Enabled"},
        "LifecycleConfiguration": {"Rules": [old_versions]},
    }


def _read_by_distribution() -> dict[str, Any]:
    own = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}"
    return {
        "Sid": "ReadByDistribution",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": {"Fn::Sub": f"${{Console.Arn}}/{FOLDER}/*"},
        "Condition": {"StringEquals": {"AWS:SourceArn": {"Fn::Sub": own}}},
    }


def _security_headers(stage: str, config: Config | None) -> dict[str, Any]:
    """Return the headers of all responses of the console."""
    return {
        "ContentSecurityPolicy": {"ContentSecurityPolicy": _content_policy(stage, config), "Override": True},
        "ContentTypeOptions": {"Override": True},
        "FrameOptions": {"FrameOption": "DENY", "Override": True},
        "ReferrerPolicy": {"ReferrerPolicy": "no-referrer", "Override": True},
        "StrictTransportSecurity": {
            "AccessControlMaxAgeSec": _HSTS_S,
            "IncludeSubdomains": "includeSubDomains" in SECURITY_HEADERS["Strict-Transport-Security"],
            "Override": True,
        },
    }


def _content_policy(stage: str, config: Config | None) -> dict[str, Any]:
    """Return the policy. The distribution's own host is known only after this policy, so only a domain is named."""
    settings = settings_of(stage, config)
    amazon = f"https://{settings.photo_bucket}.s3.${{AWS::Region}}.${{AWS::URLSuffix}}"
    photos = origin_of(settings.s3_endpoint) or amazon
    tiles = origin_of(map_style(stage, config))
    policy = content_security_policy([photos, *([tiles] if tiles else [])], ["${Sockets}"])
    sockets = {"Fn::If": [HAS_DOMAIN, {"Fn::Sub": "wss://${DomainName}"}, ""]}
    return {"Fn::Sub": [policy, {"Sockets": sockets}]}

"""The template for an account and region, needed once for all stages: permission for API Gateway to write logs.

Without it CloudFormation rejects the access logs of every stage. An account that already has access logs does not need
it; deploying it there replaces the role that is set, and nothing else.
"""

from __future__ import annotations

from typing import Any

STACK = "baton-account"
_RETAINED = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
"""For both resources. Otherwise the account would refer to a deleted role, and all of its APIs would stop logging."""
_SERVICE = "apigateway.amazonaws.com"


def account(_: str) -> dict[str, Any]:
    """Return the template, which is the same for every stage."""
    trust = {"Effect": "Allow", "Principal": {"Service": _SERVICE}, "Action": "sts:AssumeRole"}
    policy = "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Baton: API Gateway may write logs in this account and region.",
        "Resources": {
            "WriteLogs": {
                "Type": "AWS::IAM::Role",
                **_RETAINED,
                "Properties": {
                    "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
                    "ManagedPolicyArns": [{"Fn::Sub": policy}],
                },
            },
            "Gateway": {
                "Type": "AWS::ApiGateway::Account",
                **_RETAINED,
                "Properties": {"CloudWatchRoleArn": {"Fn::GetAtt": ["WriteLogs", "Arn"]}},
            },
        },
    }

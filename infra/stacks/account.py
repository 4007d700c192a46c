"""What an account needs once in each region, whatever stages there are: leave for API Gateway to write logs.

Without it CloudFormation refuses the access logs of every stage. An account that logs already has it; deploying this
there would put another role in the place of the one that is set, and changes nothing else.
"""

from __future__ import annotations

from typing import Any

STACK = "baton-account"
_KEPT = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
"""Both: the account would go on naming a role that is gone, and all of its APIs would stop logging."""
_SERVICE = "apigateway.amazonaws.com"


def account(_: str) -> dict[str, Any]:
    """The template, which is the same for every stage."""
    may_be_taken = {"Effect": "Allow", "Principal": {"Service": _SERVICE}, "Action": "sts:AssumeRole"}
    policy = "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Baton: API Gateway may write logs in this account and region.",
        "Resources": {
            "WriteLogs": {
                "Type": "AWS::IAM::Role",
                **_KEPT,
                "Properties": {
                    "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [may_be_taken]},
                    "ManagedPolicyArns": [{"Fn::Sub": policy}],
                },
            },
            "Gateway": {
                "Type": "AWS::ApiGateway::Account",
                **_KEPT,
                "Properties": {"CloudWatchRoleArn": {"Fn::GetAtt": ["WriteLogs", "Arn"]}},
            },
        },
    }

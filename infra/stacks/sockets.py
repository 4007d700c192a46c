"""The permissions of a stage's functions for the connections of its own socket API, and of no other.

The id of the API is known to CloudFormation only, and Chalice's policy files take no intrinsic functions. So these
statements are policies of the template, attached to the roles that Chalice creates.
"""

from __future__ import annotations

from typing import Any

from infra.policies.document import sockets
from infra.policies.functions import ROLES
from infra.stacks.names import logical

_API = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${WebsocketAPI}"


def socket_policies(stage: str) -> dict[str, Any]:
    """Return one policy per statement, with the roles of the functions that need it."""
    roles: dict[str, list[Any]] = {}
    statements: dict[str, Any] = {}
    for function, role in sorted(ROLES.items()):
        for statement in sockets(role, _API):
            name = statement["Sid"]
            statements[name] = {**statement, "Resource": [{"Fn::Sub": one} for one in statement["Resource"]]}
            roles.setdefault(name, []).append({"Ref": f"{logical(function)}Role"})
    return {
        name: {
            "Type": "AWS::IAM::Policy",
            "Properties": {
                "PolicyName": f"baton-{stage}-{name}",
                "Roles": roles[name],
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
            },
        }
        for name, statement in statements.items()
    }

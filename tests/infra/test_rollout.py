"""Rollouts: resources with data are not replaced or lost, and errors are reported."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from infra.stacks.rollout import Rollout, RolloutFailed, current, outputs

TEMPLATE = {"Resources": {"Things": {"Type": "AWS::DynamoDB::Table"}}}


def change(name: str, replacement: str = "False") -> dict[str, Any]:
    about = {"Action": "Modify", "ResourceType": "AWS::DynamoDB::Table", "LogicalResourceId": name}
    return {"ResourceChange": {**about, "Replacement": replacement}}


class Formation:
    """A CloudFormation client with one stack and paged changes."""

    def __init__(self, status: str | None = "CREATE_COMPLETE", pages: Any = (), failing: bool = False) -> None:
        self.status, self.pages, self.failing = status, list(pages) or [[]], failing
        self.called: dict[str, dict[str, Any]] = {}

    def __getattr__(self, name: str) -> Any:
        def call(**given: Any) -> dict[str, Any]:
            self.called[name] = given
            return {}

        return call

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        if self.status is None:
            said = {"Error": {"Code": "ValidationError", "Message": "Stack with id x does not exist"}}
            raise ClientError(said, "DescribeStacks")  # type: ignore[arg-type]
        return {"Stacks": [{"StackStatus": self.status, "Outputs": [{"OutputKey": "Here", "OutputValue": "there"}]}]}

    def describe_change_set(self, **given: Any) -> dict[str, Any]:
        number = int(given.get("NextToken", "0"))
        more = {"NextToken": str(number + 1)} if number + 1 < len(self.pages) else {}
        return {"Changes": self.pages[number], **more}

    def describe_stack_events(self, **_: Any) -> dict[str, Any]:
        events = [
            {"LogicalResourceId": "Photos", "ResourceStatus": "CREATE_FAILED", "ResourceStatusReason": "it is taken"},
            {"LogicalResourceId": "Things", "ResourceStatus": "CREATE_COMPLETE"},
        ]
        return {"StackEvents": events}

    def describe_stack_resources(self, **_: Any) -> dict[str, Any]:
        made = {"Two": "CREATE_COMPLETE", "Never": "CREATE_FAILED"}
        return {"StackResources": [{"LogicalResourceId": n, "ResourceStatus": one} for n, one in made.items()]}

    def get_template(self, **_: Any) -> dict[str, Any]:
        return {"TemplateBody": TEMPLATE}

    def get_waiter(self, name: str) -> Any:
        formation = self

        class Waiter:
            def wait(self, **_: Any) -> None:
                formation.called[name] = {}
                if formation.failing and name.startswith("stack_"):
                    raise WaiterError(name, "it failed", {})

        return Waiter()


def test_all_pages_of_a_change_set_are_printed() -> None:
    told: list[str] = []
    pages = [[change("One")], [change("Two", "True")], [change("Three", "Conditional")]]
    Rollout("s", TEMPLATE).carry_out(told.append, Formation(pages=pages))
    assert told == [
        "s: modify AWS::DynamoDB::Table One",
        "s: modify AWS::DynamoDB::Table Two, REPLACED",
        "s: modify AWS::DynamoDB::Table Three, perhaps replaced",
    ]


def test_resources_with_data_are_not_replaced() -> None:
    formation = Formation(pages=[[change("One")], [change("Two", "True")]])
    with pytest.raises(RolloutFailed, match="nothing was changed, because this would replace Two and lose its data"):
        Rollout("s", TEMPLATE, protect=True).carry_out(lambda _: None, formation)
    assert "execute_change_set" not in formation.called
    assert "delete_change_set" in formation.called


def test_resource_that_failed_to_be_created_may_be_replaced() -> None:
    """A bucket whose name was taken gets another name."""
    formation = Formation("CREATE_FAILED", pages=[[change("Never", "True")]])
    Rollout("s", TEMPLATE, protect=True).carry_out(lambda _: None, formation)
    assert "execute_change_set" in formation.called


@pytest.mark.parametrize("protect", [True, False])
def test_only_rollouts_with_data_disable_rollback(protect: bool) -> None:
    formation = Formation(None)
    formation.failing = True
    with pytest.raises(RolloutFailed, match="Photos: it is taken"):
        Rollout("s", TEMPLATE, protect=protect).carry_out(lambda _: None, formation)
    assert formation.called["execute_change_set"]["DisableRollback"] is protect


@pytest.mark.parametrize("status", ["CREATE_FAILED", "UPDATE_FAILED"])
def test_failed_rollout_is_continued(status: str) -> None:
    formation = Formation(status)
    assert Rollout("s", TEMPLATE, protect=True).carry_out(lambda _: None, formation) == {"Here": "there"}
    assert formation.called["create_change_set"]["ChangeSetType"] == "UPDATE"
    assert formation.called["update_termination_protection"]["EnableTerminationProtection"] is True


@pytest.mark.parametrize("status", [None, "REVIEW_IN_PROGRESS"])
def test_stack_without_resources_is_created(status: str | None) -> None:
    assert current("s", Formation(status)) is None
    assert current("s", Formation()) == TEMPLATE


def test_missing_stack_is_an_error() -> None:
    with pytest.raises(RolloutFailed, match="the stack s does not exist"):
        outputs("s", Formation(None))

"""The alarms and the dashboard of a stage.

`docs/operations.md` has a paragraph for each alarm, with its meaning and what to do. All alarms go to one SNS topic, to
which the operator subscribes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from infra.stacks.functions import Function
from infra.stacks.names import logical
from infra.tables import Table, definitions

_FIVE_MINUTES = 300
_NAMESPACE = "Baton"
_MAX_METRICS = 10
"""The largest number of metrics that CloudWatch takes for one alarm."""

Metric = dict[str, Any]


def operation(stage: str, deployed: Sequence[Function]) -> dict[str, Any]:
    """Return the topic, the alarms and the dashboard of a stage."""
    api = {"ApiName": f"baton-{stage}"}
    alarms = {
        "ApiErrors": _alarm(_metric("AWS/ApiGateway", "5XXError", api), above=4),
        "ApiSlow": _alarm(_metric("AWS/ApiGateway", "Latency", api, "p99"), above=3000, periods=3),
        "EventsDropped": _alarm(_own(stage, "EventsDropped"), above=0),
        "NameProbing": _alarm(_own(stage, "NameProbing"), above=0),
        "OffersFailed": _alarm(_own(stage, "OffersFailed"), above=0, periods=2),
        "PhotosLost": _alarm(_own(stage, "PhotosLost"), above=0),
        "RecallsFailed": _alarm(_own(stage, "RecallsFailed"), above=0, periods=2),
        "RemindersFailed": _alarm(_own(stage, "RemindersFailed"), above=0, periods=2),
        "SchedulesFailed": _alarm(_own(stage, "SchedulesFailed"), above=0, periods=2),
        "UploadsFailed": _alarm(_own(stage, "UploadsFailed"), above=0, periods=2),
        "WrongPasswords": _alarm(_own(stage, "WrongPasswords"), above=200),
    }
    for function in deployed:
        dimensions = {"FunctionName": function.full_name(stage)}
        alarms[f"{function.resource}Errors"] = _alarm(_metric("AWS/Lambda", "Errors", dimensions), above=0)
        alarms[f"{function.resource}Throttled"] = _alarm(_metric("AWS/Lambda", "Throttles", dimensions), above=0)
        if function.scheduled:
            runs = _metric("AWS/Lambda", "Invocations", dimensions)
            alarms[f"{function.resource}Missing"] = _alarm(runs, below=1, missing="breaching")
    for table in definitions(stage):
        for kind in ("Read", "Write"):
            throttled = [_metric("AWS/DynamoDB", f"{kind}ThrottleEvents", target) for target in _of_table(table)]
            for number, start in enumerate(range(0, len(throttled), _MAX_METRICS), start=1):
                name = f"{logical(table.short_name)}{kind}sThrottled{number if number > 1 else ''}"
                alarms[name] = _alarm(*throttled[start : start + _MAX_METRICS], above=0, periods=2)
    resources = {
        f"{name}Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {"AlarmName": f"baton-{stage}-{name}", **properties},
        }
        for name, properties in alarms.items()
    }
    return {
        "AlarmTopic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": f"baton-{stage}-alarms"}},
        **resources,
        "Dashboard": {
            "Type": "AWS::CloudWatch::Dashboard",
            "Properties": {
                "DashboardName": f"baton-{stage}",
                "DashboardBody": {"Fn::Sub": json.dumps(_dashboard(stage, deployed))},
            },
        },
    }


def _metric(namespace: str, name: str, dimensions: dict[str, str], statistic: str = "Sum") -> Metric:
    return {"namespace": namespace, "name": name, "dimensions": dimensions, "statistic": statistic}


def _own(stage: str, name: str) -> Metric:
    """Return a metric of the application (`core/observability.py`)."""
    return _metric(_NAMESPACE, name, {"service": "baton", "stage": stage})


def _of_table(table: Table) -> Iterator[dict[str, str]]:
    """Yield the dimensions of a table and of its indexes, which the table's metrics do not include."""
    yield {"TableName": table.name}
    yield from ({"TableName": table.name, "GlobalSecondaryIndexName": name} for name in sorted(table.indexes))


def _alarm(
    *metrics: Metric,
    above: int | None = None,
    below: int | None = None,
    periods: int = 1,
    missing: str = "notBreaching",
) -> dict[str, Any]:
    """Return an alarm for a metric, or the sum of several, over consecutive periods of five minutes."""
    topic = [{"Ref": "AlarmTopic"}]
    return {
        **(_single_metric(metrics[0]) if len(metrics) == 1 else _metric_sum(metrics)),
        "EvaluationPeriods": periods,
        "Threshold": above if above is not None else below,
        "ComparisonOperator": "GreaterThanThreshold" if above is not None else "LessThanThreshold",
        "TreatMissingData": missing,
        "AlarmActions": topic,
        "OKActions": topic,
    }


def _single_metric(metric: Metric) -> dict[str, Any]:
    by_percentile = metric["statistic"].startswith("p")
    return {
        **_identified(metric),
        "ExtendedStatistic" if by_percentile else "Statistic": metric["statistic"],
        "Period": _FIVE_MINUTES,
    }


def _metric_sum(metrics: Sequence[Metric]) -> dict[str, Any]:
    """Return the sum of metrics, with 0 for missing values, because most metrics have no values most of the time."""
    single = [
        {
            "Id": f"m{number}",
            "MetricStat": {"Metric": _identified(metric), "Period": _FIVE_MINUTES, "Stat": metric["statistic"]},
            "ReturnData": False,
        }
        for number, metric in enumerate(metrics)
    ]
    return {"Metrics": [*single, {"Id": "all", "Expression": "SUM(FILL(METRICS(), 0))", "ReturnData": True}]}


def _identified(metric: Metric) -> dict[str, Any]:
    return {
        "Namespace": metric["namespace"],
        "MetricName": metric["name"],
        "Dimensions": [{"Name": name, "Value": value} for name, value in metric["dimensions"].items()],
    }


def _dashboard(stage: str, deployed: Sequence[Function]) -> dict[str, Any]:
    api = {"ApiName": f"baton-{stage}"}
    names = [{"FunctionName": function.full_name(stage)} for function in deployed]
    tables = [{"TableName": table.name} for table in definitions(stage)]
    counts = ("Commits", "Conflicts", "Reruns", "EventsDelivered", "EventsDropped", "MailboxesSwept")
    charts = {
        "Requests and errors": [
            _metric("AWS/ApiGateway", "Count", api),
            _metric("AWS/ApiGateway", "4XXError", api),
            _metric("AWS/ApiGateway", "5XXError", api),
        ],
        "Latency (ms)": [_metric("AWS/ApiGateway", "Latency", api, one) for one in ("p50", "p90", "p99")],
        "Functions: duration p90 (ms)": [_metric("AWS/Lambda", "Duration", one, "p90") for one in names],
        "Functions: errors": [_metric("AWS/Lambda", "Errors", one) for one in names],
        "Read units": [_metric("AWS/DynamoDB", "ConsumedReadCapacityUnits", one) for one in tables],
        "Write units": [_metric("AWS/DynamoDB", "ConsumedWriteCapacityUnits", one) for one in tables],
        "The write path": [_own(stage, name) for name in counts],
    }
    return {
        "widgets": [
            {
                "type": "metric",
                "x": 12 * (number % 2),
                "y": 6 * (number // 2),
                "width": 12,
                "height": 6,
                "properties": {
                    "title": title,
                    "region": "${AWS::Region}",
                    "period": _FIVE_MINUTES,
                    "metrics": [_charted(metric) for metric in metrics],
                },
            }
            for number, (title, metrics) in enumerate(charts.items())
        ]
    }


def _charted(metric: Metric) -> list[Any]:
    dimensions = [part for pair in metric["dimensions"].items() for part in pair]
    return [metric["namespace"], metric["name"], *dimensions, {"stat": metric["statistic"]}]

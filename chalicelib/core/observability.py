"""What Baton says of itself: structured logs and metrics, in one place.

Logs are JSON through powertools' Logger, each line with the ids of the request, the organisation, the actor and the
business objects at hand; bodies and tokens are never logged. Metrics are CloudWatch's embedded format, printed as
one line at the end of a unit of work; they cost no call. Both are bound to the context of the running request, so
the local server's threads do not mix theirs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from threading import Lock
from typing import Final

from aws_lambda_powertools.logging import Logger

from chalicelib.core.settings import settings

SERVICE: Final = "baton"

_lock = Lock()
_making = Lock()
"""powertools cannot make one logger in two threads at once, and the local server's first requests may come together."""
_counts: ContextVar[Counter[str] | None] = ContextVar("counts", default=None)


def log() -> Logger:
    """The process's logger."""
    with _making:
        return made_logger()


@cache
def made_logger() -> Logger:
    """The logger itself; ask `log` for it."""
    return Logger(service=SERVICE, level=settings().log_level, utc=True)


def bind(**ids: object) -> None:
    """Add ids (`request_id`, `org_id`, `actor_id`, `order_id`, ...) to all log lines of this request."""
    log().thread_safe_append_keys(**{name: value for name, value in ids.items() if value is not None})


def count(metric: str, amount: int = 1) -> None:
    """Count something, such as `Commits`. Counts outside a `measured` block are dropped."""
    counts = _counts.get()
    if counts is not None and amount:
        with _lock:
            counts[metric] += amount


@contextmanager
def measured(**ids: object) -> Iterator[None]:
    """A request or a sweep: its log lines carry `ids`, and its counts are printed as metrics at the end."""
    counts: Counter[str] = Counter()
    token = _counts.set(counts)
    log().thread_safe_clear_keys()
    bind(**ids)
    try:
        yield
    finally:
        _counts.reset(token)
        log().thread_safe_clear_keys()  # what is logged between two requests belongs to neither
        _flush(counts)


def _flush(counts: Counter[str]) -> None:
    if not counts:
        return
    from aws_lambda_powertools.metrics import MetricUnit
    from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider

    provider = AmazonCloudWatchEMFProvider(namespace="Baton", service=SERVICE, metric_set={}, dimension_set={})
    provider.add_dimension("stage", settings().stage)
    for name, amount in counts.items():
        provider.add_metric(name, unit=MetricUnit.Count, value=amount)
    provider.flush_metrics()

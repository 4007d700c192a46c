"""Structured logs and metrics.

Logs are JSON through powertools' Logger; each line has the ids of the request, the organisation, the actor and the
entities. Bodies and tokens are never logged. Metrics use CloudWatch's embedded format: one log line per request, and
no call. Both are bound to the context of the running request, so threads of the local server do not mix them.
"""

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
"""powertools cannot create one logger in two threads at once, as the first requests to the local server would."""
_counts: ContextVar[Counter[str] | None] = ContextVar("counts", default=None)


def log() -> Logger:
    """Return the logger of the process."""
    with _making:
        return made_logger()


@cache
def made_logger() -> Logger:
    """Create the logger; call `log` instead."""
    return Logger(service=SERVICE, level=settings().log_level, utc=True)


def bind(**ids: object) -> None:
    """Add ids (`request_id`, `org_id`, `actor_id`, `order_id`, ...) to all later log lines of this request."""
    log().thread_safe_append_keys(**{name: value for name, value in ids.items() if value is not None})


def count(metric: str, amount: int = 1) -> None:
    """Add to a metric, such as `Commits`. Outside a `measured` block nothing is counted."""
    counts = _counts.get()
    if counts is not None and amount:
        with _lock:
            counts[metric] += amount


@contextmanager
def measured(**ids: object) -> Iterator[None]:
    """Add `ids` to the log lines of the block, and write its metrics at the end."""
    counts: Counter[str] = Counter()
    token = _counts.set(counts)
    log().thread_safe_clear_keys()
    bind(**ids)
    try:
        yield
    finally:
        _counts.reset(token)
        log().thread_safe_clear_keys()  # log lines between two requests belong to neither
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

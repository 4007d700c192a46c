"""Imports: many records in one request, each processed separately.

`POST /v1/imports/{dataset}` takes up to 500 records and creates or updates one item for each, found by its natural key.
A domain declares its dataset in one place (`importing`); permission, body and description follow from that.

Each record is a unit of work with its own audit row, so an invalid record does not stop the others, and a record that
was written stays when a later one fails. Eight lanes run at once; records with the same natural key stay in one lane
and in their order. A record that refers to one that does not exist yet waits until the others are done and is tried
again.

The cost is round trips: those of each record, divided by eight, beside the three of any request. A record that does not
fit into the time budget (`import_budget_s`) is not started, or not finished, but returned as `TRY_AGAIN`, as is one
that the store could not accept at that moment. All records may be sent again unchanged, since an import is an upsert. A
response with such a record is not stored for a replay, so the same `Idempotency-Key` may be sent again too.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Annotated, Any, Generic, Literal, TypeVar

import msgspec
from msgspec import Meta

from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.deadline import deadline, has_time
from chalicelib.core.errors import BatonError, Conflict, InternalError, RateLimited, ValidationFailed
from chalicelib.core.parallel import parallel
from chalicelib.core.runner import Step
from chalicelib.core.store import store_errors
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import Dependencies, dependencies
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.field_paths import ROOT
from chalicelib.edge.request import Empty, Request, Response
from chalicelib.edge.routes import Routes
from chalicelib.edge.validation import decode_body, parse_json

T = TypeVar("T")
RecordT = TypeVar("RecordT", bound=msgspec.Struct)
Outcome = Literal["created", "updated"]

MAX_RECORDS = 500
RECORD = "record"
"""The field name of an error of a whole record."""
TRY_AGAIN: Mapping[str, str] = {RECORD: "could not be processed now; send it again"}
_LIMITED: Mapping[str, str] = {RECORD: RateLimited.summary}
_CRASHED: Mapping[str, str] = {RECORD: InternalError.summary}
_LANES = 8
_MAX_FIELDS = 1000
_MAX_KEY = 255


class NotYet(ValidationFailed):
    """A record refers to an item that does not exist yet. Another record of the same request may create it."""


class Unprepared(Conflict):
    """A record changes more than fits into one transaction: its dataset's `prepare` has to run first."""

    summary = "The same record is being written by another request. Send it again."


class Dataset(msgspec.Struct, Generic[RecordT], frozen=True, kw_only=True):
    """One kind of records.

    `key_field` is the natural key (a text) as clients name it; `canonical` returns the form in which equal keys are
    equal. `upsert` reads, checks and stages, like a use case, and may be called again. An error that it raises rejects
    the record: with the `fields` of a `ValidationFailed`, or with the message under `details["field"]`.

    If a record changes more than fits into one transaction, `upsert` raises `Unprepared`, and is called again once
    `prepare` has written a part of it in transactions of its own. That part must not be visible until the end. `effect`
    says what a record does if not to create or update its item. `csv` makes the JSON body from CSV.
    """

    name: str
    title: str
    record: type[RecordT]
    permission: str
    entity_type: str
    action: str
    key_field: str
    upsert: Callable[[UnitOfWork, RecordT, Actor], Outcome]
    prepare: Callable[[Step, Actor, RecordT], None] | None = None
    canonical: Callable[[str], str] = str
    effect: str = ""
    csv: Callable[[str], bytes] | None = None
    example: Mapping[str, Any] = msgspec.field(default_factory=dict)


class Records(msgspec.Struct, frozen=True):
    """Records, each of which is decoded separately."""

    records: Annotated[list[msgspec.Raw], Meta(max_length=MAX_RECORDS)]


class Rejected(msgspec.Struct, frozen=True):
    """A rejected record and its errors."""

    index: int
    """The record's position in the request, from 0."""
    fields: dict[str, str]
    """Error messages by field. The field `record` stands for the whole record, such as when it should be sent again."""


class Imported(msgspec.Struct, frozen=True):
    """How many records were created and updated, and the rejected ones."""

    created: int
    """The number of records that created an item."""
    updated: int
    """The number of records whose item existed, changed or not."""
    rejected: list[Rejected]
    """The rejected records, by their position; empty if every record was processed."""


class ImportAnswer(msgspec.Struct, frozen=True):
    """The result of an import."""

    data: Imported
    """What became of the records."""
    success: bool = True


DATASETS: dict[str, Dataset[Any]] = {}
"""All datasets by name, once the application is imported; `infra.load` checks records with them too."""


def importing(routes: Routes, dataset: Dataset[Any]) -> None:
    """Add the endpoint of a dataset to the routes of a domain."""

    def handler(request: Request[Records, Empty]) -> Response[ImportAnswer]:
        result = _Batch(dataset, request, dependencies()).process(request.body.records)
        unfinished = any(record.fields in (TRY_AGAIN, _LIMITED, _CRASHED) for record in result.rejected)
        return Response(ImportAnswer(result), 207 if result.rejected else 200, incomplete=unfinished)

    handler.__name__ = f"import_{dataset.name.replace('-', '_')}"
    handler.__module__ = dataset.upsert.__module__
    effect = dataset.effect or f"creates or updates the item with its `{dataset.key_field}`"
    also_csv = " The body may be CSV as well (`Content-Type: text/csv`)." if dataset.csv else ""
    handler.__doc__ = (
        f"Load {dataset.title}.\n\nEach record {effect}. Invalid records are listed in the response and do not stop the"
        f" others; the status is 207 then.{also_csv}"
    )
    rejected = {"index": 0, "fields": {dataset.key_field: "is required"}}
    routes.post(
        f"/v1/imports/{dataset.name}",
        permission=dataset.permission,
        batch=True,
        body=Records,
        documented_body=_described(dataset),
        csv_body=dataset.csv,
        returns=ImportAnswer,
        other_statuses=[207],
        audit_target=AuditTarget("import", "RECORDS_IMPORTED", entity_id=dataset.name),
        examples={
            "request": {"records": [dict(dataset.example)]},
            "response": {"data": {"created": 1, "updated": 0, "rejected": []}},
            "response_207": {"data": {"created": 0, "updated": 0, "rejected": [rejected]}},
        },
    )(handler)
    DATASETS[dataset.name] = dataset


def _described(dataset: Dataset[Any]) -> type[msgspec.Struct]:
    """Return the body as the API description shows it."""
    text = f"Up to {MAX_RECORDS} records of {dataset.title}."
    kind = Annotated[list[dataset.record], Meta(max_length=MAX_RECORDS, description=text)]  # type: ignore[name-defined]
    name = f"{dataset.record.__name__}s"
    return msgspec.defstruct(name, [("records", kind)], namespace={"__doc__": text}, frozen=True)


class _Job(msgspec.Struct):
    """A record to be processed: `key` as it was sent, `error` if it could not be decoded."""

    index: int
    key: str
    record: Any = None
    error: BatonError | None = None


class _Batch:
    """The records of one request."""

    def __init__(self, dataset: Dataset[Any], request: Request[Any, Any], deps: Dependencies) -> None:
        self._dataset = dataset
        self._actor = request.actor
        self._deps = deps
        self._until_s = deps.clock.elapsed_s() + deps.settings.import_budget_s
        self._done: dict[int, Outcome] = {}
        self._rejected: dict[int, Mapping[str, str]] = {}

    def process(self, records: Sequence[msgspec.Raw]) -> Imported:
        """Process all records, as far as possible."""
        groups = self._groups(records)
        last = False
        while groups:
            before = len(self._done)
            lanes = [groups[number::_LANES] for number in range(min(_LANES, len(groups)))]
            with deadline(self._deps.clock, self._until_s - self._deps.clock.elapsed_s()):
                parallel([partial(self._lane, lane, last) for lane in lanes], pool="imports")
            groups = [group for group in groups if group]
            last = len(self._done) == before
        # So few fields that the response can be stored for a replay.
        limit = max(4, _MAX_FIELDS // max(1, len(self._rejected)))
        outcomes = list(self._done.values())
        return Imported(
            created=outcomes.count("created"),
            updated=outcomes.count("updated"),
            rejected=[
                Rejected(index, dict(islice(fields.items(), limit))) for index, fields in sorted(self._rejected.items())
            ],
        )

    def _groups(self, records: Sequence[msgspec.Raw]) -> list[list[_Job]]:
        """Return the records grouped by natural key; an invalid record is a group of its own."""
        groups: dict[tuple[str, int], list[_Job]] = {}
        for index, raw in enumerate(records):
            job = self._read(index, bytes(raw))
            same = ("", index) if job.error else (self._dataset.canonical(job.key), -1)
            groups.setdefault(same, []).append(job)
        return list(groups.values())

    def _read(self, index: int, raw: bytes) -> _Job:
        try:
            record = decode_body(raw, self._dataset.record)
        except BatonError as error:
            return _Job(index, _text(raw, self._dataset.key_field), error=error)
        names = zip(record.__struct_encode_fields__, record.__struct_fields__, strict=True)
        return _Job(index, str(getattr(record, dict(names)[self._dataset.key_field])), record)

    def _lane(self, groups: Iterable[list[_Job]], last: bool) -> None:  # noqa: FBT001 - bound by `partial`
        for group in groups:
            while group and self._settle(group[0], last=last):
                group.pop(0)

    def _settle(self, job: _Job, *, last: bool) -> bool:
        """Process or reject a record; return False if it has to wait for others."""
        if not has_time():
            self._rejected[job.index] = TRY_AGAIN
            return True
        try:
            with store_errors():
                self._done[job.index] = self._upsert(job)
        except NotYet as error:
            if last:
                self._reject(job, error)
            return last
        except BatonError as error:
            self._reject(job, error)
        except Exception:  # noqa: BLE001 - a crash must not stop the other records
            observability.log().exception("a record crashed")
            self._rejected[job.index] = _CRASHED
        return True

    def _upsert(self, job: _Job) -> Outcome:
        if job.error is not None:
            raise job.error

        def decide(work: UnitOfWork) -> Outcome:
            outcome = self._dataset.upsert(work, job.record, self._actor)
            if work.audit_subject is None:
                raise RuntimeError(f"a record of {self._dataset.name} did not set its audit subject")
            return outcome

        def attempt() -> Outcome:
            step = partial(self._deps.runner.run, self._actor)
            try:
                return step(decide)
            except Unprepared:
                if self._dataset.prepare is None:
                    raise
                self._dataset.prepare(step, self._actor, job.record)
                return step(decide)

        try:
            return attempt()
        except Conflict:
            # Another request may have created the item at the same moment; then it is updated now.
            return attempt()

    def _reject(self, job: _Job, error: BatonError) -> None:
        if error.status >= InternalError.status:
            self._rejected[job.index] = TRY_AGAIN
            return
        fields = {RECORD if name == ROOT else name: text for name, text in error.fields.items()}
        self._rejected[job.index] = fields or {str(error.details.get("field", RECORD)): error.message}
        target = AuditTarget(self._dataset.entity_type, self._dataset.action)
        self._deps.refusals.refused_record(self._actor, target, job.key[:_MAX_KEY] or self._actor.request_id, error)


def _text(raw: bytes, name: str) -> str:
    """Return a text field of an invalid record; empty if it cannot be read."""
    try:
        value = parse_json(raw)
    except BatonError:
        return ""
    text = value.get(name) if isinstance(value, dict) else None
    return text if isinstance(text, str) and text.isprintable() else ""

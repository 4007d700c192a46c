"""Imports: many records in one request, each carried out by itself.

`POST /v1/imports/{dataset}` takes up to 500 records and makes or changes one thing for each, found by its natural key.
A domain declares its dataset in one place (`importing`); permission, body and description follow from that.

Each record is a unit of work of its own, with its own audit row, so one that is refused stops no other, and one that
happened stays when a later one fails. Eight lanes run at once; records with the same natural key stay in one lane and
in their order. A record that names another one which is not there yet waits until the rest is done and is tried again.

The price is round trips: those of each record, divided by eight, beside the three of any request. What does not fit
into the budget of seconds (`import_budget_s`) is not begun but handed back as `TRY_AGAIN`, and so is what the store
could not take at that moment. All of it may be sent again as it is, because that is what an import is; an answer with
such a record in it is not kept for a replay, so the same `Idempotency-Key` may be sent with it too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any, Generic, Literal, Protocol, TypeVar

import msgspec
from msgspec import Meta

from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.errors import BatonError, Conflict, InternalError, ValidationFailed
from chalicelib.core.store import parallel, store_errors
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

MOST = 500
RECORD = "record"
"""What a problem of a whole record is called."""
TRY_AGAIN: Mapping[str, str] = {RECORD: "could not be carried out now; send it again"}
_CRASHED: Mapping[str, str] = {RECORD: InternalError.summary}
_LANES = 8
_MAX_FIELDS = 1000
_LONGEST_KEY = 255


class NotYet(ValidationFailed):
    """A record names something that is not there. It may come with another record of the same request."""


class Unprepared(Conflict):
    """A record changes more than fits into one transaction: its dataset's `prepare` has to go before."""

    summary = "Somebody else is writing the same; send it again."


class Step(Protocol):
    """Carries a decision out in a transaction of its own, as who sent the record."""

    def __call__(self, decide: Callable[[UnitOfWork], T], /) -> T:
        """What was decided, once it is committed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset(Generic[RecordT]):
    """One kind of records.

    `key_field` is the natural key (a text) as clients name it; `canonical` gives the form in which two of them are the
    same. `upsert` reads, checks and stages, like a handler; it may be called again. What it raises rejects the record:
    `fields` of a `ValidationFailed`, or the message of another error under `details["field"]`.

    A record may hold more than fits into one transaction: then `upsert` raises `Unprepared`, and is called again once
    `prepare` has carried out a part of it in transactions of its own. All that must be out of sight until the end.
    """

    name: str
    title: str
    record: type[RecordT]
    permission: str
    entity_type: str
    action: str
    key_field: str
    upsert: Callable[[UnitOfWork, Actor, RecordT], Outcome]
    prepare: Callable[[Step, Actor, RecordT], None] | None = None
    canonical: Callable[[str], str] = str
    example: Mapping[str, Any] = field(default_factory=dict)


class Records(msgspec.Struct, frozen=True):
    """Records, each of which is decoded by itself."""

    records: Annotated[list[msgspec.Raw], Meta(max_length=MOST)]


class Rejected(msgspec.Struct, frozen=True):
    """A record that was not taken: its place in the request (from 0), and what is wrong by field.

    `record` stands for the whole of it, for instance where it should be sent again.
    """

    index: int
    fields: dict[str, str]


class Imported(msgspec.Struct, frozen=True):
    """What became of the records: how many were made and changed, and those that were not taken."""

    created: int
    updated: int
    rejected: list[Rejected]


class ImportAnswer(msgspec.Struct, frozen=True):
    """What became of the records."""

    data: Imported
    success: bool = True


DATASETS: dict[str, Dataset[Any]] = {}
"""All datasets by name, once the application is imported; for `infra.load`, which checks records by itself too."""


def importing(routes: Routes, dataset: Dataset[Any]) -> None:
    """Give a dataset its address among a domain's routes."""

    def handler(request: Request[Records, Empty]) -> Response[ImportAnswer]:
        done = _Batch(dataset, request, dependencies()).carry_out(request.body.records)
        unfinished = any(one.fields in (TRY_AGAIN, _CRASHED) for one in done.rejected)
        return Response(ImportAnswer(done), 207 if done.rejected else 200, incomplete=unfinished)

    handler.__name__ = f"import_{dataset.name.replace('-', '_')}"
    handler.__module__ = dataset.upsert.__module__
    handler.__doc__ = (
        f"Load {dataset.title}.\n\nEach record makes or changes one, found by its `{dataset.key_field}`. Records that"
        " are refused are listed and stop no others; then the status is 207."
    )
    rejected = {"index": 3, "fields": {dataset.key_field: "is required"}}
    routes.post(
        f"/v1/imports/{dataset.name}",
        permission=dataset.permission,
        batch=True,
        body=Records,
        documented_body=_described(dataset),
        returns=ImportAnswer,
        other_statuses=[207],
        audit_target=AuditTarget("import", "RECORDS_IMPORTED", entity_id=dataset.name),
        examples={
            "request": {"records": [dict(dataset.example)]},
            "response": {"data": {"created": 2, "updated": 1, "rejected": [rejected]}},
        },
    )(handler)
    DATASETS[dataset.name] = dataset


def _described(dataset: Dataset[Any]) -> type[msgspec.Struct]:
    """The body as the description of the API shows it."""
    kind = Annotated[list[dataset.record], Meta(max_length=MOST)]  # type: ignore[name-defined]
    namespace = {"__doc__": f"Up to {MOST} records of {dataset.title}."}
    return msgspec.defstruct(f"{dataset.record.__name__}s", [("records", kind)], namespace=namespace, frozen=True)


@dataclass(slots=True)
class _Job:
    """A record on its way: `key` as it was sent, `error` if it could not be decoded."""

    index: int
    key: str
    record: Any = None
    error: BatonError | None = None


class _Batch:
    """One request's records."""

    def __init__(self, dataset: Dataset[Any], request: Request[Any, Any], deps: Dependencies) -> None:
        self._dataset = dataset
        self._principal, self._actor = request.actor, request.actor
        self._rt = deps
        self._until: datetime = deps.clock.now() + timedelta(seconds=deps.settings.import_budget_s)
        self._done: dict[int, Outcome] = {}
        self._rejected: dict[int, Mapping[str, str]] = {}

    def carry_out(self, records: Sequence[msgspec.Raw]) -> Imported:
        """Carry all of them out, as far as they can be."""
        groups = self._groups(records)
        last = False
        while groups:
            known = len(self._done)
            lanes = [groups[number::_LANES] for number in range(min(_LANES, len(groups)))]
            parallel([partial(self._lane, lane, last) for lane in lanes], pool="imports")
            groups = [group for group in groups if group]
            last = len(self._done) == known
        most = max(4, _MAX_FIELDS // max(1, len(self._rejected)))
        outcomes = list(self._done.values())
        return Imported(
            created=outcomes.count("created"),
            updated=outcomes.count("updated"),
            rejected=[Rejected(index, _first(self._rejected[index], most)) for index in sorted(self._rejected)],
        )

    def _groups(self, records: Sequence[msgspec.Raw]) -> list[list[_Job]]:
        """The records by natural key; those without a good one alone."""
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
        """Carry a record out or reject it; False if it has to wait for others."""
        if self._rt.clock.now() >= self._until:
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
        except Exception:  # noqa: BLE001 - whatever it is, the other records go on
            observability.log().exception("a record crashed")
            self._rejected[job.index] = _CRASHED
        return True

    def _upsert(self, job: _Job) -> Outcome:
        if job.error is not None:
            raise job.error

        def decide(work: UnitOfWork) -> Outcome:
            outcome = self._dataset.upsert(work, self._principal, job.record)
            if work.audit_subject is None:
                raise RuntimeError(f"a record of {self._dataset.name} did not say what it is about")
            return outcome

        def carry_out() -> Outcome:
            step = partial(self._rt.runner.run, self._actor)
            try:
                return step(decide)
            except Unprepared:
                if self._dataset.prepare is None:
                    raise
                self._dataset.prepare(step, self._principal, job.record)
                return step(decide)

        try:
            return carry_out()
        except Conflict:
            # Somebody else may have made it at the same moment; then there is something to be changed now.
            return carry_out()

    def _reject(self, job: _Job, error: BatonError) -> None:
        if error.status >= InternalError.status:
            self._rejected[job.index] = TRY_AGAIN
            return
        found = {RECORD if name == ROOT else name: text for name, text in error.fields.items()}
        self._rejected[job.index] = found or {str(error.details.get("field", RECORD)): error.message}
        about = AuditTarget(self._dataset.entity_type, self._dataset.action)
        self._rt.refusals.refused(self._actor, about, job.key[:_LONGEST_KEY] or "-", error)


def _first(fields: Mapping[str, str], most: int) -> dict[str, str]:
    """So many of them that the answer can be kept for a replay, whatever was sent."""
    return dict(list(fields.items())[:most])


def _text(raw: bytes, name: str) -> str:
    """A text field of a record that is no good otherwise; empty if it is none."""
    try:
        value = parse_json(raw)
    except BatonError:
        return ""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) and found.isprintable() else ""

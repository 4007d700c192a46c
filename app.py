"""Baton's Chalice app: composition only.

It composes settings, clock and ids; the write path with its audit trail and mailboxes; the domains' routes; the socket
handlers, the functions `deliver` and `send`, and the schedules. Socket handlers and schedules have to be registered on
the app itself, because Chalice does not wrap those of a blueprint.
"""

from __future__ import annotations

import msgspec

from chalicelib.core import cold_start  # isort: skip  # first: what it saves, it saves from here on

import math
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from random import Random, SystemRandom
from typing import Any

from chalice.app import Chalice, CloudWatchEvent, Rate, WebsocketEvent
from chalice.app import Response as ChaliceResponse

from chalicelib import __version__
from chalicelib.audit.routes import routes as audit_routes
from chalicelib.audit.trail import Trail
from chalicelib.core import observability
from chalicelib.core.clock import Clock, SystemClock
from chalicelib.core.errors import RouteNotFound
from chalicelib.core.ids import Ids, SystemIds
from chalicelib.core.messages import AwsMessages, LambdaMessageQueue, MessageQueue, Messages, OutboundMessage
from chalicelib.core.messages import send as send_message
from chalicelib.core.runner import Outbox, Runner
from chalicelib.core.schedule import run_passes
from chalicelib.core.settings import Settings, settings
from chalicelib.core.work import Recipient
from chalicelib.dispatch.couriers import events as courier_events
from chalicelib.dispatch.couriers.presence import CourierPresence
from chalicelib.dispatch.couriers.routes import routes as courier_routes
from chalicelib.dispatch.couriers.service import end_duty_of_signed_out
from chalicelib.dispatch.desk.routes import routes as desk_routes
from chalicelib.dispatch.orders import events as order_events
from chalicelib.dispatch.orders.customers import keep_active_orders
from chalicelib.dispatch.orders.list_routes import routes as order_list_routes
from chalicelib.dispatch.orders.matching import follow_up_changes
from chalicelib.dispatch.orders.queries import ORDER_EVENTS
from chalicelib.dispatch.orders.routes import routes as order_routes
from chalicelib.dispatch.orders.sweep import end_waits, offer_scheduled, reassign_due, retry_waiting
from chalicelib.dispatch.proof.routes import routes as proof_routes
from chalicelib.dispatch.proof.sweep import sweep_photos as sweep_order_photos
from chalicelib.dispatch.tariffs.routes import routes as tariff_routes
from chalicelib.dispatch.tracking import events as tracking_events
from chalicelib.dispatch.tracking.routes import routes as tracking_routes
from chalicelib.edge.api import ALL_METHODS, UNKNOWN_ROUTE, BatonApp
from chalicelib.edge.dependencies import Dependencies, install
from chalicelib.edge.forms import FORM_DATA
from chalicelib.edge.http import cors
from chalicelib.edge.rate_limits import RateLimits
from chalicelib.edge.reference.routes import routes as reference_pages
from chalicelib.edge.system import routes as system_routes
from chalicelib.identity.accounts.push_notifications import push_message
from chalicelib.identity.accounts.routes import me_routes
from chalicelib.identity.accounts.routes import routes as user_routes
from chalicelib.identity.apikeys.routes import routes as api_key_routes
from chalicelib.identity.roles.default_permissions import roles_with
from chalicelib.identity.roles.routes import routes as role_routes
from chalicelib.identity.sessions.authentication import SessionAuthenticator
from chalicelib.identity.sessions.ending import check_bound_sessions
from chalicelib.identity.sessions.routes import routes as session_routes
from chalicelib.identity.sessions.tokens import signer
from chalicelib.maintenance.checklists.routes import routes as checklist_routes
from chalicelib.maintenance.comments.routes import routes as comment_routes
from chalicelib.maintenance.photos.routes import routes as photo_routes
from chalicelib.maintenance.photos.sweep import sweep_photos
from chalicelib.maintenance.reports.routes import routes as maintenance_report_routes
from chalicelib.maintenance.schedules.routes import routes as schedule_routes
from chalicelib.maintenance.schedules.sweep import make_scheduled_orders
from chalicelib.maintenance.technicians.routes import routes as technician_routes
from chalicelib.maintenance.usage.routes import routes as usage_routes
from chalicelib.maintenance.workorders.lead_routes import routes as lead_step_routes
from chalicelib.maintenance.workorders.routes import routes as work_order_routes
from chalicelib.maintenance.workorders.step_routes import routes as work_order_step_routes
from chalicelib.maintenance.workorders.sweep import remind_due
from chalicelib.manufacturing.assembly.holds.routes import routes as hold_routes
from chalicelib.manufacturing.assembly.rework.routes import routes as rework_routes
from chalicelib.manufacturing.assembly.routes import routes as assembly_routes
from chalicelib.manufacturing.planning.routes import routes as planning_routes
from chalicelib.manufacturing.quality.reports.routes import routes as line_report_routes
from chalicelib.manufacturing.quality.routes import routes as quality_routes
from chalicelib.manufacturing.quality.tests.routes import routes as test_routes
from chalicelib.manufacturing.traceability.lots.routes import routes as lot_routes
from chalicelib.manufacturing.traceability.passports.routes import routes as passport_routes
from chalicelib.manufacturing.traceability.recalls.routes import routes as recall_routes
from chalicelib.manufacturing.traceability.recalls.sweep import collect_recalls
from chalicelib.manufacturing.traceability.routes import routes as trace_routes
from chalicelib.notices import events as notice_events
from chalicelib.notices.routes import routes as notice_routes
from chalicelib.overview.routes import routes as overview_routes
from chalicelib.packing.boxes.routes import routes as box_routes
from chalicelib.packing.shipments.routes import routes as shipment_routes
from chalicelib.picking.assignments.routes import routes as assignment_routes
from chalicelib.picking.board.routes import routes as picking_board_routes
from chalicelib.picking.desk.routes import routes as picking_desk_routes
from chalicelib.picking.ledger.routes import routes as ledger_routes
from chalicelib.picking.lines.routes import routes as pick_line_routes
from chalicelib.picking.performance.routes import routes as performance_routes
from chalicelib.picking.rejections.routes import routes as rejected_event_routes
from chalicelib.realtime.delivery import EventDelivery
from chalicelib.realtime.delivery_trigger import DeliveryTrigger, LambdaDeliveryTrigger
from chalicelib.realtime.drain import Parts
from chalicelib.realtime.protocol import describe_sockets
from chalicelib.realtime.routes import routes as socket_routes
from chalicelib.realtime.sender import GatewaySender, Sender
from chalicelib.realtime.sockets import Sockets
from chalicelib.realtime.sweep import drain_pending

ROUTES = (
    system_routes,
    session_routes,
    me_routes,
    user_routes,
    role_routes,
    api_key_routes,
    audit_routes,
    socket_routes,
    notice_routes,
    overview_routes,
    order_routes,
    order_list_routes,
    courier_routes,
    desk_routes,
    tariff_routes,
    proof_routes,
    tracking_routes,
    work_order_routes,
    work_order_step_routes,
    lead_step_routes,
    technician_routes,
    checklist_routes,
    maintenance_report_routes,
    schedule_routes,
    comment_routes,
    usage_routes,
    photo_routes,
    box_routes,
    shipment_routes,
    assignment_routes,
    picking_desk_routes,
    picking_board_routes,
    pick_line_routes,
    performance_routes,
    rejected_event_routes,
    ledger_routes,
    planning_routes,
    assembly_routes,
    hold_routes,
    rework_routes,
    quality_routes,
    test_routes,
    line_report_routes,
    trace_routes,
    lot_routes,
    passport_routes,
    recall_routes,
)

SOCKET_EVENTS = (
    *order_events.SOCKET_EVENTS,
    *courier_events.SOCKET_EVENTS,
    *tracking_events.SOCKET_EVENTS,
    *notice_events.SOCKET_EVENTS,
)

LISTENERS = (check_bound_sessions, end_duty_of_signed_out, keep_active_orders, follow_up_changes)
"""What follows from changes of other domains, in the same transaction."""


class Composition(msgspec.Struct, frozen=True):
    """The composed parts behind the app."""

    dependencies: Dependencies
    delivery: EventDelivery
    sockets: Sockets
    messages: Messages


def compose(  # noqa: PLR0913 - each part can be replaced, by keyword
    config: Settings,
    clock: Clock,
    ids: Ids,
    *,
    sender: Sender | None = None,
    delivery_trigger: DeliveryTrigger | None = None,
    outbox: Outbox | None = None,
    messages: Messages | None = None,
    message_queue: MessageQueue | None = None,
    random_source: Random | None = None,
) -> Composition:
    """Compose the parts; tests and the local stack pass their own clock, sender, delivery trigger, outbox and so on."""
    trail = Trail(clock, ids)
    sender = sender or GatewaySender()
    trigger = delivery_trigger or LambdaDeliveryTrigger(config)
    authenticator = SessionAuthenticator(signer(config, clock), clock)
    parts = Parts(
        settings=config,
        clock=clock,
        sender=sender,
        authenticator=authenticator,
        entity_events=(ORDER_EVENTS,),
        farewells=frozenset({courier_events.OFF_DUTY}),
    )
    delivery = EventDelivery(parts, ids, trigger)
    dependencies = Dependencies(
        settings=config,
        clock=clock,
        runner=Runner(config, clock, ids, trail, outbox or delivery, random_source or SystemRandom(), LISTENERS),
        authenticator=authenticator,
        refusals=trail,
        rate_limits=RateLimits(config, clock),
        presence=CourierPresence(clock),
        message_queue=message_queue or LambdaMessageQueue(config),
        endpoints=[endpoint for routes in ROUTES for endpoint in routes.endpoints],
        roles_of=roles_with,
        version=__version__,
        sockets=describe_sockets(config, SOCKET_EVENTS),
    )
    sockets = Sockets(dependencies, sender, trigger)
    return Composition(dependencies, delivery, sockets, messages or AwsMessages(config))


_used: list[Composition] = []


def use(composition: Composition) -> None:
    """Use these parts from now on."""
    _used[:] = [composition]
    install(composition.dependencies)


def one_pass(remaining_s: Callable[[], float] = lambda: math.inf) -> None:
    """One pass of the dispatch sweep: offers that timed out, waiting orders, then mailboxes with pending events."""
    parts = _used[0]
    sweep_id = parts.dependencies.runner.ids.new()
    with observability.measured(request_id=sweep_id, operation="dispatch_sweep"):
        try:
            for sweep in (reassign_due, offer_scheduled, end_waits, retry_waiting):
                sweep(parts.dependencies, sweep_id, remaining_s)
        finally:  # a failure of the offers must not hold up the delivery of events
            observability.count("MailboxesSwept", drain_pending(parts.delivery, parts.dependencies.clock))


def maintenance_pass(remaining_s: Callable[[], float] = lambda: math.inf) -> None:
    """One pass of the maintenance sweep, which ends before its time is over.

    Due dates are announced, work orders of schedules are made and units of recalls are collected; then photo uploads of
    work orders and of delivery orders that were not finished are removed.
    """
    dependencies = _used[0].dependencies
    sweep_id = dependencies.runner.ids.new()
    sweeps = (remind_due, make_scheduled_orders, collect_recalls, sweep_photos, sweep_order_photos)
    with observability.measured(request_id=sweep_id, operation="maintenance_sweep"), ExitStack() as stack:
        for sweep in reversed(sweeps):  # called in their order; a failure of one does not hold up the others
            stack.callback(sweep, dependencies, sweep_id, remaining_s)


_clock = SystemClock()
use(compose(settings(), _clock, SystemIds(_clock)))

app: Chalice = BatonApp(app_name="baton", configure_logs=False)
app.experimental_feature_flags.update(["WEBSOCKETS"])  # Chalice still calls them experimental
app.api.cors = cors(settings().cors_origin)
app.api.binary_types.append(FORM_DATA)  # otherwise API Gateway decodes files as text
for _routes in (*ROUTES, reference_pages):
    app.register_blueprint(_routes)


@app.route(UNKNOWN_ROUTE, methods=ALL_METHODS, content_types=[])
def unknown_route() -> ChaliceResponse:
    """Answer every path that is no other route with the one error body."""
    return ChaliceResponse("", status_code=RouteNotFound.status)


@app.on_ws_connect(name="websocket_connect")
def websocket_connect(event: WebsocketEvent) -> ChaliceResponse:
    """Handle a new socket connection."""
    return _used[0].sockets.connect(event.to_dict())


@app.on_ws_message(name="websocket_message")
def websocket_message(event: WebsocketEvent) -> None:
    """Handle a message from a socket."""
    _used[0].sockets.message(event.to_dict())


@app.on_ws_disconnect(name="websocket_disconnect")
def websocket_disconnect(event: WebsocketEvent) -> None:
    """Handle the end of a socket connection."""
    _used[0].sockets.disconnect(event.to_dict())


@app.lambda_function(name="deliver")
def deliver(event: dict[str, str], _: Any) -> None:
    """Deliver the pending events of a user who has just connected, or what a request could not deliver."""
    with observability.measured(operation="deliver"):
        _used[0].delivery.drain(Recipient(event["org_id"], event["user_id"]), is_patient=True)


@app.lambda_function(name="send")
def send(event: dict[str, Any], _: Any) -> None:
    """Send a message that a request has queued."""
    with observability.measured(operation="send"):
        parts = _used[0]
        push = partial(push_message, parts.dependencies.runner, parts.messages)
        message = msgspec.convert(event, OutboundMessage)
        send_message(parts.messages, message, push, parts.dependencies.clock.now())


@app.schedule(Rate(1, unit=Rate.MINUTES), name="dispatch_sweep")
def dispatch_sweep(event: CloudWatchEvent) -> None:
    """Run the sweep: several passes within the minute."""
    config, clock = _used[0].dependencies.settings, _used[0].dependencies.clock

    remaining_s = partial(_remaining_s, event.context)
    run_passes(
        clock,
        partial(one_pass, remaining_s),
        passes=config.sweep_passes,
        every_s=config.sweep_every_s,
        remaining_s=remaining_s,
    )


@app.schedule(Rate(1, unit=Rate.MINUTES), name="maintenance_sweep")
def maintenance_sweep(event: CloudWatchEvent) -> None:
    """Run the maintenance sweep, once a minute."""
    maintenance_pass(partial(_remaining_s, event.context))


def _remaining_s(lambda_context: Any) -> float:
    return float(lambda_context.get_remaining_time_in_millis()) / 1000


cold_start.over()

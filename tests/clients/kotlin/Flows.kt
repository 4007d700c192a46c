/** Plays the flows with the client that openapi-generator's Kotlin generates. Prints one line per flow. */

import baton.apis.CourierDispatchApi
import baton.apis.MaintenanceApi
import baton.apis.MeApi
import baton.apis.PackingScannerApi
import baton.apis.PickScannerApi
import baton.infrastructure.ApiResponse
import baton.models.PickingRole
import baton.models.Availability
import baton.models.ClientEvent
import baton.models.ClientEventEventType
import baton.models.ClientEventPayload
import baton.models.ClientEvents
import baton.models.CloseBox
import baton.models.CompleteShipment
import baton.models.CourierAction
import baton.models.MaintenancePhotoKind
import baton.models.CreateBox
import baton.models.CreateOrder
import baton.models.DeliverOrder
import baton.models.NextAssignment
import baton.models.PackItem
import baton.models.CourierPosition
import baton.models.WorkOrderFinish
import java.io.File
import java.time.OffsetDateTime
import java.time.ZoneOffset
import java.util.UUID

private fun variable(name: String): String = System.getenv("BATON_$name") ?: error("BATON_$name is not set")

private val url = variable("URL")
private val run = variable("RUN")

private fun signIn(name: String) = Session(url, "$name-$run", variable("PASSWORD"))

private fun signInAndRefresh(): List<String> {
    val session = signIn("customer")
    session.expire()
    val me = MeApi(url, session.http).getMe()
    return listOf("signed in", if (me.user.id == session.userId) "refreshed" else "someone else")
}

private fun delivery(): List<String> {
    val courier = signIn("courier")
    val deliveries = CourierDispatchApi(url, courier.http)
    deliveries.reportPosition(courierPosition = CourierPosition(latitude = 52.3731, longitude = 4.8926))
    deliveries.setAvailability(availability = Availability(available = true))

    val orders = CourierDispatchApi(url, signIn("customer").http)
    val order = CreateOrder(
        pickupAddress = "Dam 1, Amsterdam",
        pickupLat = 52.3731,
        pickupLng = 4.8926,
        dropoffAddress = "Museumplein 6, Amsterdam",
        receiverPhone = "+31205550201",
    )
    val key = UUID.randomUUID().toString()
    val placed = orders.createOrder(createOrder = order, idempotencyKey = key).order
    val again = orders.createOrderWithHttpInfo(createOrder = order, idempotencyKey = key, xRequestId = null)
    val steps = mutableListOf(placed.status.value, if (again.isReplayed()) "replayed" else "twice")

    val action = CourierAction(orderId = placed.id, courierId = courier.userId)
    steps += deliveries.acceptOrder(courierAction = action).status.value
    steps += deliveries.arriveAtPickup(courierAction = action).status.value
    steps += deliveries.pickUpOrder(courierAction = action).status.value
    val delivery = DeliverOrder(orderId = placed.id, courierId = courier.userId)
    steps += deliveries.deliverOrder(deliverOrder = delivery).status.value
    deliveries.setAvailability(availability = Availability(available = false))
    return steps
}

private fun ApiResponse<*>.isReplayed() = headers.keys.any { it.equals("Idempotent-Replayed", ignoreCase = true) }

private fun packing(): List<String> {
    val api = PackingScannerApi(url, signIn("packer").http)
    val found = api.lookUp(barcode = "SO-$run")
    val shipment = UUID.fromString(found.data.id)
    val box = UUID.fromString(api.createBox(createBox = CreateBox(shipmentId = shipment)).id)
    val steps = mutableListOf(found.type.value)
    for ((barcode, quantity) in listOf("LP1-$run" to 6.0, "LP2-$run" to 2.5)) {
        val plate = api.lookUp(barcode = barcode, shipmentId = shipment)
        val item = PackItem(
            shipmentId = shipment,
            boxId = box,
            licensePlateId = UUID.fromString(plate.data.lp!!.id),
            soLineId = UUID.fromString(plate.data.soLineId),
            quantity = quantity,
        )
        steps += listOf(plate.type.value, api.packItem(packItem = item).soLineStatus.status.value)
    }
    steps += api.closeBox(closeBox = CloseBox(boxId = box, weight = 4.2)).status.value
    steps += api.completeShipment(completeShipment = CompleteShipment(shipmentId = shipment)).status.value
    return steps
}

private fun eventBatch(): List<String> {
    val session = signIn("picker")
    val api = PickScannerApi(url, session.http)
    val company = MeApi(url, session.http).getMe().user.organization
    val wanted = NextAssignment(deviceId = "truck-7", companyId = company, role = PickingRole.picker)
    val mine = scan(api.claimAssignment(nextAssignment = wanted).assignmentId)
    val answer = api.recordEvents(clientEvents = ClientEvents(listOf(mine, mine, scan("another"))))
    // A client deletes accepted and duplicate events from its queue, and shows rejected ones to its user.
    return answer.status.map { if (it.clientEventId == null) "no id" else it.result.value }
}

private fun scan(assignment: String): ClientEvent {
    val now = OffsetDateTime.now(ZoneOffset.UTC)
    return ClientEvent(
        eventType = ClientEventEventType.scan_received,
        clientEventId = UUID.randomUUID().toString(),
        createdAt = now,
        payload = ClientEventPayload(raw = "5901234123457", assignmentId = assignment, orderId = assignment, at = now),
    )
}

private fun photoOfWork(): List<String> {
    val api = MaintenanceApi(url, signIn("tech").http)
    val order = variable("WORK_ORDER")
    val version = api.getWorkOrder(workOrderId = order).version
    val started = api.startWorkOrder(workOrderId = order, ifMatch = "$version")
    val stored =
        api.uploadPhoto(file = File(variable("PHOTO")), workOrderId = order, kind = MaintenancePhotoKind.COMPLETION)
    val finish = WorkOrderFinish(fixNote = "New lamp")
    val done = api.finishWorkOrder(workOrderId = order, ifMatch = "${started.version}", workOrderFinish = finish)
    return listOf(started.state.value, stored.kind.value, done.state.value)
}

fun main() {
    val flows = listOf(
        "session" to ::signInAndRefresh,
        "delivery" to ::delivery,
        "packing" to ::packing,
        "events" to ::eventBatch,
        "photo" to ::photoOfWork,
    )
    for ((name, flow) in flows) println("$name: ${flow().joinToString()}")
    kotlin.system.exitProcess(0) // OkHttp's threads end only after a minute
}

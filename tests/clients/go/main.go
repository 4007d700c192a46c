// Plays the flows with the client that oapi-codegen generates. Prints one line per flow.
package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"mime/multipart"
	"net/textproto"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"baton/clients/baton"
)

var (
	run = os.Getenv("BATON_RUN")
	ctx = context.Background()
)

func main() {
	log.SetFlags(0)
	for _, flow := range []struct {
		name string
		play func() []string
	}{
		{"session", signInAndRefresh},
		{"delivery", delivery},
		{"packing", packing},
		{"events", eventBatch},
		{"photo", photoOfWork},
	} {
		fmt.Printf("%s: %s\n", flow.name, strings.Join(flow.play(), ", "))
	}
}

func signIn(name string) *Session {
	session, err := SignIn(ctx, os.Getenv("BATON_URL"), name+"-"+run, os.Getenv("BATON_PASSWORD"))
	if err != nil {
		log.Fatal(err)
	}
	return session
}

// answer is what every generated response can do.
type answer interface {
	StatusCode() int
	GetBody() []byte
}

// ok returns a response. A call that failed, or that the API refused, ends the program.
func ok[T answer](response T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	if response.StatusCode() >= 300 {
		log.Fatalf("%d %s", response.StatusCode(), response.GetBody())
	}
	return response
}

func pointer[T any](value T) *T { return &value }

func signInAndRefresh() []string {
	session := signIn("customer")
	session.Expire()
	me := ok(session.API.GetMeWithResponse(ctx, nil)).JSON200
	if me.User.Id != session.UserID {
		return []string{"signed in", "someone else"}
	}
	return []string{"signed in", "refreshed"}
}

func delivery() []string {
	courier, customer := signIn("courier"), signIn("customer")
	ok(courier.API.ReportPositionWithResponse(ctx, nil, baton.CourierPosition{Latitude: 52.3731, Longitude: 4.8926}))
	ok(courier.API.SetAvailabilityWithResponse(ctx, nil, baton.Availability{Available: true}))

	order := baton.CreateOrder{
		PickupAddress:  "Dam 1, Amsterdam",
		PickupLat:      pointer(52.3731),
		PickupLng:      pointer(4.8926),
		DropoffAddress: "Museumplein 6, Amsterdam",
		ReceiverPhone:  "+31205550201",
	}
	once := &baton.CreateOrderParams{IdempotencyKey: pointer(uuid.NewString())}
	placed := ok(customer.API.CreateOrderWithResponse(ctx, once, order)).JSON201.Order
	again := ok(customer.API.CreateOrderWithResponse(ctx, once, order))
	steps := []string{string(placed.Status), "twice"}
	if again.HTTPResponse.Header.Get("Idempotent-Replayed") != "" {
		steps[1] = "replayed"
	}

	action := baton.CourierAction{OrderId: placed.Id, CourierId: courier.UserID}
	accepted := ok(courier.API.AcceptOrderWithResponse(ctx, nil, action)).JSON200
	arrived := ok(courier.API.ArriveAtPickupWithResponse(ctx, nil, action)).JSON200
	picked := ok(courier.API.PickUpOrderWithResponse(ctx, nil, action)).JSON200
	delivery := baton.DeliverOrder{OrderId: placed.Id, CourierId: courier.UserID}
	delivered := ok(courier.API.DeliverOrderWithResponse(ctx, nil, delivery)).JSON200
	for _, order := range []*baton.OrderView{accepted, arrived, picked, delivered} {
		steps = append(steps, string(order.Status))
	}
	ok(courier.API.SetAvailabilityWithResponse(ctx, nil, baton.Availability{Available: false}))
	return steps
}

func packing() []string {
	api := signIn("packer").API
	found := ok(api.LookUpWithResponse(ctx, "SO-"+run, nil)).JSON200
	shipment := uuid.MustParse(*found.Data.Id)
	box := uuid.MustParse(ok(api.CreateBoxWithResponse(ctx, nil, baton.CreateBox{ShipmentId: shipment})).JSON201.Id)
	steps := []string{string(found.Type)}
	for _, item := range []struct {
		barcode  string
		quantity float64
	}{{"LP1-" + run, 6}, {"LP2-" + run, 2.5}} {
		plate := ok(api.LookUpWithResponse(ctx, item.barcode, &baton.LookUpParams{ShipmentId: &shipment})).JSON200
		packed := ok(api.PackItemWithResponse(ctx, nil, baton.PackItem{
			ShipmentId:     shipment,
			BoxId:          box,
			LicensePlateId: uuid.MustParse(plate.Data.Lp.Id),
			SoLineId:       uuid.MustParse(*plate.Data.SoLineId),
			Quantity:       item.quantity,
		})).JSON201
		steps = append(steps, string(plate.Type), string(packed.SoLineStatus.Status))
	}
	closed := ok(api.CloseBoxWithResponse(ctx, nil, baton.CloseBox{BoxId: box, Weight: pointer(4.2)})).JSON200
	done := ok(api.CompleteShipmentWithResponse(ctx, nil, baton.CompleteShipment{ShipmentId: shipment})).JSON200
	return append(steps, string(closed.Status), string(done.Status))
}

func eventBatch() []string {
	api := signIn("picker").API
	me := ok(api.GetMeWithResponse(ctx, nil)).JSON200
	next := baton.NextAssignment{DeviceId: "truck-7", CompanyId: me.User.Organization, Role: "picker"}
	assignment := ok(api.ClaimAssignmentWithResponse(ctx, nil, next)).JSON200
	mine := scan(assignment.AssignmentId)
	batch := baton.ClientEvents{Events: []baton.ClientEvent{mine, mine, scan("another")}}
	results := []string{}
	// A client deletes accepted and duplicate events from its queue, and shows rejected ones to its user.
	for _, one := range ok(api.RecordEventsWithResponse(ctx, nil, batch)).JSON200.Status {
		if one.ClientEventId == nil {
			return append(results, "no id")
		}
		results = append(results, string(one.Result))
	}
	return results
}

func scan(assignment string) (event baton.ClientEvent) {
	now := time.Now().UTC()
	err := event.FromScanEvent(baton.ScanEvent{
		EventType:     "scan_received",
		ClientEventId: uuid.NewString(),
		CreatedAt:     now,
		Payload:       baton.ScanPayload{Raw: "5901234123457", AssignmentId: &assignment, OrderId: &assignment, At: now},
	})
	if err != nil {
		log.Fatal(err)
	}
	return event
}

func photoOfWork() []string {
	api, order := signIn("tech").API, os.Getenv("BATON_WORK_ORDER")
	version := ok(api.GetWorkOrderWithResponse(ctx, order, nil)).JSON200.Version
	started := ok(api.StartWorkOrderWithResponse(ctx, order, &baton.StartWorkOrderParams{IfMatch: strconv.Itoa(version)})).JSON200
	contentType, form := photoForm(order)
	stored := ok(api.UploadPhotoWithBodyWithResponse(ctx, nil, contentType, form)).JSON201
	expected := &baton.FinishWorkOrderParams{IfMatch: strconv.Itoa(started.Version)}
	done := ok(api.FinishWorkOrderWithResponse(ctx, order, expected, baton.WorkOrderFinish{FixNote: pointer("New lamp")})).JSON200
	return []string{string(started.State), string(stored.Kind), string(done.State)}
}

// photoForm returns the upload of a photo, which oapi-codegen leaves to its caller, and its content type.
func photoForm(order string) (string, *bytes.Reader) {
	photo, err := os.ReadFile(os.Getenv("BATON_PHOTO"))
	if err != nil {
		log.Fatal(err)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("workOrderId", order)
	_ = form.WriteField("kind", "COMPLETION")
	part, _ := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="file"; filename="lamp.jpg"`},
		"Content-Type":        {"image/jpeg"},
	})
	_, _ = part.Write(photo)
	_ = form.Close()
	return form.FormDataContentType(), bytes.NewReader(body.Bytes())
}

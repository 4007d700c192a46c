import { Can } from "~/app/me";
import { StepWithReason } from "~/components/step-with-reason";
import { CompleteShipment } from "./complete-shipment";
import { PackingSlip } from "./packing-slip";
import { CANCEL, REOPEN } from "./permissions";
import { cancelShipment, keys, reopenShipment, type ShipmentDetails } from "./queries";
import { texts } from "./texts";

type Status = ShipmentDetails["status"];

const PACKABLE: readonly Status[] = ["pending", "packing"];
/** One that is `cancelling` did not come to its end; cancelling it again goes on. */
const CANCELLABLE: readonly Status[] = [...PACKABLE, "packed", "cancelling"];

/** What can be done with a whole shipment in its present state. */
export function ShipmentActions({ details }: { details: ShipmentDetails }) {
  const { id, status } = details;
  return (
    <>
      <PackingSlip details={details} />
      <Can permission={CANCEL}>
        <StepWithReason
          shown={CANCELLABLE.includes(status)}
          texts={texts.cancel}
          draft={`packing.cancel:${id}`}
          send={(reason, header) => cancelShipment(id, reason, header)}
          invalidates={[keys.all]}
          danger
        />
      </Can>
      <Can permission={REOPEN}>
        <StepWithReason
          shown={status === "packed"}
          texts={texts.reopenShipment}
          draft={`packing.reopen-shipment:${id}`}
          send={(reason, header) => reopenShipment(id, reason, header)}
          invalidates={[keys.all]}
        />
      </Can>
      {PACKABLE.includes(status) && <CompleteShipment shipmentId={id} />}
    </>
  );
}

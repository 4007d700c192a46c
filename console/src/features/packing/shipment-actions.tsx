import { Button } from "@mantine/core";
import { useState } from "react";
import { useCommand } from "~/api/queries";
import { Can } from "~/app/me";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { toast } from "~/components/toast";
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
        <Step
          shown={CANCELLABLE.includes(status)}
          texts={texts.cancel}
          draft={`packing.cancel:${id}`}
          send={(reason, header) => cancelShipment(id, reason, header)}
          danger
        />
      </Can>
      <Can permission={REOPEN}>
        <Step
          shown={status === "packed"}
          texts={texts.reopenShipment}
          draft={`packing.reopen-shipment:${id}`}
          send={(reason, header) => reopenShipment(id, reason, header)}
        />
      </Can>
      {PACKABLE.includes(status) && <CompleteShipment shipmentId={id} />}
    </>
  );
}

interface StepProps {
  /** Whether the state allows it. An open dialog stays, so that nothing that was typed is lost. */
  shown: boolean;
  texts: { action: string; title: string; text: string; done: string; dismiss?: string };
  draft: string;
  send: (reason: string, header: { "Idempotency-Key": string }) => Promise<unknown>;
  danger?: boolean;
}

/** A step with a reason. */
function Step({ shown, texts: { done, ...words }, draft, send, danger = false }: StepProps) {
  const [asking, setAsking] = useState(false);
  const command = useCommand({ send, invalidates: [keys.all], onSuccess: () => toast.success(done) });
  function ask(next: boolean): void {
    command.reset();
    setAsking(next);
  }
  return (
    <>
      {shown && (
        <Button variant="default" onClick={() => ask(true)}>
          {words.action}
        </Button>
      )}
      <ConfirmWithReason
        {...words}
        opened={asking}
        onClose={() => ask(false)}
        danger={danger}
        draft={draft}
        pending={command.isPending}
        error={command.error}
        onConfirm={async (reason) => {
          await command.mutateAsync(reason);
          setAsking(false);
        }}
      />
    </>
  );
}

import { Button, Checkbox } from "@mantine/core";
import { useState } from "react";
import { useCommand } from "~/api/queries";
import { Can } from "~/app/me";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { toast } from "~/components/toast";
import { COMPLETE } from "./permissions";
import { completeShipment, keys } from "./queries";
import { texts } from "./texts";

/** Completes a shipment; ordered items may be missing if the person says so. */
export function CompleteShipment({ shipmentId }: { shipmentId: string }) {
  const [asking, setAsking] = useState(false);
  const [partial, setPartial] = useState(false);
  const complete = useCommand({
    send: (allowPartial: boolean, header) => completeShipment(shipmentId, allowPartial, header),
    invalidates: [keys.all],
    onSuccess: () => toast.success(texts.complete.done),
  });
  function ask(next: boolean): void {
    complete.reset();
    setPartial(false);
    setAsking(next);
  }
  const { action, title, text } = texts.complete;
  return (
    <Can permission={COMPLETE}>
      <Button onClick={() => ask(true)}>{action}</Button>
      <ConfirmWithReason
        opened={asking}
        onClose={() => ask(false)}
        title={title}
        text={text}
        action={action}
        reason="none"
        draft={`packing.complete:${shipmentId}`}
        pending={complete.isPending}
        error={complete.error}
        onConfirm={async () => {
          await complete.mutateAsync(partial);
          setAsking(false);
        }}
      >
        <Checkbox
          label={texts.complete.partial}
          checked={partial}
          onChange={(event) => setPartial(event.currentTarget.checked)}
        />
      </ConfirmWithReason>
    </Can>
  );
}

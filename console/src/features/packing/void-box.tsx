import { Button } from "@mantine/core";
import { useState } from "react";
import { useCommand } from "~/api/queries";
import { Can } from "~/app/me";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { toast } from "~/components/toast";
import { VOID_BOX } from "./permissions";
import { keys, voidBox } from "./queries";
import { texts } from "./texts";

/** Voids an empty box, such as one that was opened by mistake. */
export function VoidBox({ boxId, onDone }: { boxId: string; onDone: () => void }) {
  const [asking, setAsking] = useState(false);
  const command = useCommand<unknown>({
    send: (_, header) => voidBox(boxId, header),
    invalidates: [keys.all],
    onSuccess: () => toast.success(texts.voiding.done),
  });
  function ask(next: boolean): void {
    command.reset();
    setAsking(next);
  }
  return (
    <Can permission={VOID_BOX}>
      <div>
        <Button variant="default" onClick={() => ask(true)}>
          {texts.voiding.action}
        </Button>
      </div>
      <ConfirmWithReason
        {...texts.voiding}
        opened={asking}
        onClose={() => ask(false)}
        danger
        reason="none"
        draft={`packing.void:${boxId}`}
        pending={command.isPending}
        error={command.error}
        onConfirm={async () => {
          await command.mutateAsync();
          setAsking(false);
          onDone();
        }}
      />
    </Can>
  );
}

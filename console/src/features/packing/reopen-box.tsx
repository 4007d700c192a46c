import { Button } from "@mantine/core";
import { useState } from "react";
import { useCommand } from "~/api/queries";
import { Can } from "~/app/me";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { toast } from "~/components/toast";
import { REOPEN_BOX } from "./permissions";
import { keys, reopenBox } from "./queries";
import { texts } from "./texts";

/** Reopens a closed box, with a reason. */
export function ReopenBox({ boxId }: { boxId: string }) {
  const [asking, setAsking] = useState(false);
  const reopen = useCommand({
    send: (reason: string, header) => reopenBox(boxId, reason, header),
    invalidates: [keys.all],
    onSuccess: () => toast.success(texts.reopen.done),
  });
  function ask(next: boolean): void {
    reopen.reset();
    setAsking(next);
  }
  return (
    <Can permission={REOPEN_BOX}>
      <div>
        <Button variant="default" onClick={() => ask(true)}>
          {texts.reopen.action}
        </Button>
      </div>
      <ConfirmWithReason
        {...texts.reopen}
        opened={asking}
        onClose={() => ask(false)}
        draft={`packing.reopen:${boxId}`}
        pending={reopen.isPending}
        error={reopen.error}
        onConfirm={async (reason) => {
          await reopen.mutateAsync(reason);
          setAsking(false);
        }}
      />
    </Can>
  );
}

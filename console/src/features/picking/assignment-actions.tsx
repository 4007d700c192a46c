import { Button } from "@mantine/core";
import { useState } from "react";
import { useCommand } from "~/api/queries";
import { useCan } from "~/app/me";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { toast } from "~/components/toast";
import { CLOSE, RELEASE } from "./permissions";
import styles from "./picking.module.css";
import { type AssignmentDetail, closeAssignment, keys, releaseAssignment } from "./queries";
import { texts } from "./texts";

type Asking = "release" | "close" | null;

/** What a supervisor can do with an assignment in its present state. */
export function AssignmentActions({ assignment }: { assignment: AssignmentDetail }) {
  const can = useCan();
  const [asking, setAsking] = useState<Asking>(null);
  const { assignment_id: id, status } = assignment;
  const release = useCommand<unknown>({
    send: (_, header) => releaseAssignment(id, header),
    invalidates: [keys.all],
    onSuccess: () => toast.success(texts.release.done),
  });
  const close = useCommand({
    send: (reason: string, header) => closeAssignment(id, reason, header),
    invalidates: [keys.all],
    onSuccess: () => toast.success(texts.close.done),
  });
  const mayRelease = can(RELEASE) && status === "active";
  const mayClose = can(CLOSE) && (status === "active" || status === "queued");
  function ask(next: Asking): void {
    release.reset();
    close.reset();
    setAsking(next);
  }
  return (
    <>
      {(mayRelease || mayClose) && (
        <div className={styles.actions}>
          {mayRelease && (
            <Button variant="default" onClick={() => ask("release")}>
              {texts.release.action}
            </Button>
          )}
          {mayClose && (
            <Button variant="default" onClick={() => ask("close")}>
              {texts.close.action}
            </Button>
          )}
        </div>
      )}
      <ConfirmWithReason
        {...texts.release}
        opened={asking === "release"}
        onClose={() => ask(null)}
        reason="none"
        draft={`picking.release:${id}`}
        pending={release.isPending}
        error={release.error}
        onConfirm={async () => {
          await release.mutateAsync();
          setAsking(null);
        }}
      />
      <ConfirmWithReason
        {...texts.close}
        opened={asking === "close"}
        onClose={() => ask(null)}
        danger
        draft={`picking.close:${id}`}
        pending={close.isPending}
        error={close.error}
        onConfirm={async (reason) => {
          await close.mutateAsync(reason);
          setAsking(null);
        }}
      />
    </>
  );
}

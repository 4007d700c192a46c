import { Button } from "@mantine/core";
import { ErrorNote } from "~/components/error-note";
import { useStepDialog } from "./dialogs";
import styles from "./order-actions.module.css";
import { ASSIGN, FINISH, OUTSOURCE, RETURN, START, useMayReturn, useReach } from "./permissions";
import type { WorkOrderDetail } from "./queries";
import { type Action, allows } from "./states";
import { texts } from "./texts";
import { useStart } from "./use-order-steps";

const CODES: Readonly<Record<Action, string>> = {
  assign: ASSIGN,
  outsource: OUTSOURCE,
  start: START,
  finish: FINISH,
  return: RETURN,
};

/** The steps that the state of a work order and the person's permissions allow; the one that leads on first. */
export function OrderActions({ order }: { order: WorkOrderDetail }) {
  const open = useStepDialog();
  const reaches = useReach();
  const mayReturn = useMayReturn();
  const start = useStart();
  const actions = (["start", "finish", "assign", "outsource", "return"] as const).filter(
    (action) => allows(order.state, action) && (action === "return" ? mayReturn(order) : reaches(CODES[action], order)),
  );
  if (actions.length === 0) return null;

  function onClick(action: Action): void {
    const { id, version, code } = order;
    if (action === "start") start.mutate({ id, version, code });
    else open({ action, order: { id, version, code } });
  }

  return (
    <div className={styles.actions}>
      {actions.map((action, index) => (
        <Button
          key={action}
          variant={index === 0 ? "filled" : "default"}
          loading={action === "start" && start.isPending}
          onClick={() => onClick(action)}
        >
          {labelOf(action, order)}
        </Button>
      ))}
      <ErrorNote error={start.error} />
    </div>
  );
}

function labelOf(action: Action, { state }: WorkOrderDetail): string {
  const isTaken = state === "ASSIGNED" || state === "IN_PROGRESS" || state === "ON_HOLD";
  return action === "assign" && isTaken ? texts.actions.reassign : texts.actions[action];
}

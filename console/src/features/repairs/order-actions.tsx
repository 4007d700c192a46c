import { Button, Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { ErrorNote } from "~/components/error-note";
import { useStepDialog } from "./dialogs";
import { useGone } from "./gone";
import styles from "./order-actions.module.css";
import type { WorkOrderDetail } from "./queries";
import type { WorkOrderState } from "./states";
import { type Step, useSteps } from "./steps";
import { texts } from "./texts";
import { useStart } from "./use-order-steps";

/** So many steps are buttons; others are in a menu. */
const BUTTONS = 3;

/** The steps that the state of a work order and the person's permissions allow; the one that leads on first. */
export function OrderActions({ order }: { order: WorkOrderDetail }) {
  const open = useStepDialog();
  const isGone = useGone(order.gameZone)(order);
  const start = useStart();
  const steps = useSteps()(order, isGone);
  if (steps.length === 0) return null;

  function take(action: Step): void {
    const { id, version, code } = order;
    if (action === "start") start.mutate({ id, version, code });
    else open({ action, order: { id, version, code } });
  }

  const shown = steps.slice(0, steps.length === BUTTONS + 1 ? BUTTONS + 1 : BUTTONS);
  const others = steps.slice(shown.length);
  return (
    <div className={styles.actions}>
      {shown.map((step, index) => (
        <Button
          key={step}
          variant={index === 0 ? "filled" : "default"}
          loading={step === "start" && start.isPending}
          onClick={() => take(step)}
        >
          {labelOf(step, order.state)}
        </Button>
      ))}
      {others.length > 0 && (
        <Menu position="bottom-end" width={200}>
          <Menu.Target>
            <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden="true" />}>
              {texts.actions.more}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {others.map((step) => (
              <Menu.Item key={step} color={step === "cancel" ? "red" : undefined} onClick={() => take(step)}>
                {labelOf(step, order.state)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <ErrorNote error={start.error} />
    </div>
  );
}

/** Return the label of a step in a state: who has a technician is reassigned. */
export function labelOf(step: Step, state: WorkOrderState): string {
  const isTaken = state === "ASSIGNED" || state === "IN_PROGRESS" || state === "ON_HOLD";
  return step === "assign" && isTaken ? texts.actions.reassign : texts.actions[step];
}

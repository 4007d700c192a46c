import { Button, Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useState } from "react";
import { useCommand } from "~/api/queries";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { toast } from "~/components/toast";
import AssignDialog from "./assign-dialog";
import { type ReasonStep, takeStep } from "./commands";
import { keys, type Order } from "./queries";
import { type Step, stepsFrom } from "./steps";
import { texts } from "./texts";

interface OrderActionsProps {
  order: Order;
  /** Smaller, where the order is one of several things. */
  compact?: boolean;
}

/** The steps of a dispatcher that the state of an order allows: the one that leads on, and the others in a menu. */
export default function OrderActions({ order, compact = false }: OrderActionsProps) {
  const [open, setOpen] = useState<Step | null>(null);
  const [first, ...others] = stepsFrom(order.status);
  const size = compact ? "compact-sm" : "sm";
  return (
    <>
      {first !== undefined && (
        <Button size={size} onClick={() => setOpen(first)}>
          {labelOf(first, order)}
        </Button>
      )}
      {others.length > 0 && (
        <Menu position="bottom-start" width={220}>
          <Menu.Target>
            <Button size={size} variant="default" rightSection={<IconChevronDown size={14} aria-hidden="true" />}>
              {texts.steps.more}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {others.map((step) => (
              <Menu.Item key={step} color={step === "cancel" ? "red" : undefined} onClick={() => setOpen(step)}>
                {labelOf(step, order)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {open === "assign" && <AssignDialog order={order} onClose={() => setOpen(null)} />}
      {open !== null && open !== "assign" && <ReasonDialog step={open} order={order} onClose={() => setOpen(null)} />}
    </>
  );
}

function labelOf(step: Step, { assigned_courier: courier }: Order): string {
  return step === "assign" && courier !== undefined ? texts.steps.reassign : texts.steps[step].action;
}

function ReasonDialog({ step, order, onClose }: { step: ReasonStep; order: Order; onClose: () => void }) {
  const { title, text, action, done } = texts.steps[step];
  const command = useCommand<unknown, string>({
    send: (reason, key) => takeStep(step, order.id, reason, key),
    invalidates: [keys.orders, keys.couriers],
    onSuccess: () => {
      onClose();
      toast.success(done);
    },
  });
  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={title}
      text={text}
      action={action}
      danger={step === "cancel"}
      draft={`dispatch.${step}:${order.id}`}
      pending={command.isPending}
      error={command.error}
      onConfirm={command.mutateAsync}
    />
  );
}

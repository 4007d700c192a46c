import { Button, Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useRef, useState } from "react";
import AssignDialog from "./assign-dialog";
import { courierName } from "./couriers";
import type { Courier, Order } from "./queries";
import { ReasonDialog } from "./reason-dialog";
import { type Step, stepsFrom } from "./steps";
import { texts } from "./texts";

interface OrderActionsProps {
  order: Order;
  /** The courier who has the order, if their name is known. */
  courier?: Courier | undefined;
  /** Smaller, where the order is one of several things. */
  compact?: boolean;
}

/** The steps of a dispatcher that the state of an order allows: the one that leads on, and the others in a menu. */
export default function OrderActions({ order, courier, compact = false }: OrderActionsProps) {
  const [open, setOpen] = useState<Step | null>(null);
  const leading = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLButtonElement>(null);
  const [first, ...others] = stepsFrom(order.status);
  const size = compact ? "compact-sm" : "sm";
  const holder = courier === undefined ? undefined : courierName(courier);

  /** The dialog leaves the page at once, so the focus goes back by hand, to a button that is still there. */
  function close(): void {
    const opener = open === first ? leading : menu;
    setOpen(null);
    requestAnimationFrame(() =>
      (opener.current ?? leading.current ?? menu.current ?? document.getElementById("content"))?.focus(),
    );
  }

  return (
    <>
      {first !== undefined && (
        <Button ref={leading} size={size} onClick={() => setOpen(first)}>
          {labelOf(first, order)}
        </Button>
      )}
      {others.length > 0 && (
        <Menu position="bottom-start" width={220}>
          <Menu.Target>
            <Button
              ref={menu}
              size={size}
              variant="default"
              rightSection={<IconChevronDown size={14} aria-hidden="true" />}
            >
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
      {open === "assign" && <AssignDialog order={order} holder={holder} onClose={close} />}
      {open !== null && open !== "assign" && <ReasonDialog step={open} order={order} holder={holder} onClose={close} />}
    </>
  );
}

function labelOf(step: Step, { assigned_courier: courier }: Order): string {
  return step === "assign" && courier !== undefined ? texts.steps.reassign : texts.steps[step].action;
}

import { ActionIcon, Avatar, Menu } from "@mantine/core";
import { IconDots, IconPhoto } from "@tabler/icons-react";
import type { KeyboardEvent, PointerEvent } from "react";
import { DateTime } from "~/components/date-time";
import { useStepDialog } from "./dialogs";
import { Due, PriorityBadge } from "./due";
import styles from "./order-card.module.css";
import { ASSIGN, OUTSOURCE, useReach } from "./permissions";
import type { WorkOrder } from "./queries";
import { allows } from "./states";
import { texts } from "./texts";

interface OrderCardProps {
  order: WorkOrder;
  isOpen: boolean;
  isPending: boolean;
  isDragged: boolean;
  onOpen: () => void;
  onPointerDown: (event: PointerEvent) => void;
}

/** The steps of a lead that a work order allows. */
type LeadStep = "assign" | "outsource";

/** One work order on the board. It can be dragged; its menu and its keys (A, O) do the same. */
export function OrderCard({ order, isOpen, isPending, isDragged, onOpen, onPointerDown }: OrderCardProps) {
  const steps = useLeadSteps(order);
  const openDialog = useStepDialog();
  const movable = steps.includes("assign");

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = ({ a: "assign", o: "outsource" } as const)[event.key.toLowerCase()];
    if (step === undefined || !steps.includes(step)) return;
    event.preventDefault();
    openDialog({ action: step, order });
  }

  const state = [
    isOpen && styles.open,
    movable && styles.movable,
    isDragged && styles.dragged,
    isPending && styles.busy,
  ];
  return (
    <article
      className={[styles.card, ...state].filter(Boolean).join(" ")}
      aria-busy={isPending}
      onPointerDown={movable ? onPointerDown : undefined}
    >
      <div className={styles.top}>
        <span className={`code ${styles.code}`} title={order.code}>
          {order.code}
        </span>
        {steps.length > 0 && <CardMenu order={order} steps={steps} onOpen={onOpen} />}
      </div>
      <button
        type="button"
        className={styles.title}
        aria-label={texts.card.open(order.code, order.aItemText)}
        aria-keyshortcuts={steps.length > 0 ? "A O" : undefined}
        onClick={onOpen}
        onKeyDown={onKeyDown}
      >
        {order.aItemText}
      </button>
      <p className={styles.place} title={`${order.ride} · ${order.gameZone}`}>
        {order.ride} · {order.gameZone}
      </p>
      <div className={styles.foot}>
        <PriorityBadge priority={order.priority} />
        <When order={order} />
        {order.issuePhotoCount > 0 && (
          <span className={styles.photos} title={texts.card.photos(order.issuePhotoCount)}>
            <IconPhoto size={14} aria-hidden="true" />
            {order.issuePhotoCount}
          </span>
        )}
      </div>
      {order.technician !== null && <Technician name={order.technician} />}
    </article>
  );
}

/** Return the steps that the person may take with a work order now. */
export function useLeadSteps(order: WorkOrder): readonly LeadStep[] {
  const reaches = useReach();
  const codes = { assign: ASSIGN, outsource: OUTSOURCE } as const;
  return (["assign", "outsource"] as const).filter((step) => allows(order.state, step) && reaches(codes[step], order));
}

function When({ order }: { order: WorkOrder }) {
  if (order.closedAt === null) return <Due order={order} />;
  return (
    <span className={styles.done}>
      {texts.due.done} <DateTime value={order.closedAt} />
    </span>
  );
}

function Technician({ name }: { name: string }) {
  return (
    <span className={styles.technician} title={name}>
      <Avatar name={name} size={20} color="petrol" variant="light" aria-hidden="true" />
      <span className={styles.name}>{name}</span>
    </span>
  );
}

interface CardMenuProps {
  order: WorkOrder;
  steps: readonly LeadStep[];
  onOpen: () => void;
}

function CardMenu({ order, steps, onOpen }: CardMenuProps) {
  const openDialog = useStepDialog();
  const { actions } = texts;
  const labels = {
    assign: order.state === "ASSIGNED" ? actions.reassign : actions.assign,
    outsource: actions.outsource,
  };
  return (
    <Menu position="bottom-end" shadow="md" width={180}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="md"
          aria-label={texts.card.menu(order.code)}
          className={styles.menu}
        >
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {steps.map((step) => (
          <Menu.Item key={step} onClick={() => openDialog({ action: step, order })}>
            {labels[step]}
          </Menu.Item>
        ))}
        <Menu.Item onClick={onOpen}>{texts.card.details}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

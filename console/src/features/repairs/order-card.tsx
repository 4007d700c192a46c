import { ActionIcon, Avatar, Menu } from "@mantine/core";
import { IconDots, IconPhoto } from "@tabler/icons-react";
import type { KeyboardEvent, PointerEvent } from "react";
import { DateTime } from "~/components/date-time";
import { Badge } from "~/components/status-badge";
import { type AskedStep, useStepDialog } from "./dialogs";
import { Due, PriorityBadge } from "./due";
import { labelOf } from "./order-actions";
import styles from "./order-card.module.css";
import type { WorkOrder } from "./queries";
import { useSteps } from "./steps";
import { texts } from "./texts";
import { Waiting } from "./waiting";

interface OrderCardProps {
  order: WorkOrder;
  isOpen: boolean;
  isPending: boolean;
  isDragged: boolean;
  /** The technician is disabled, in another zone, or no technician any more. */
  isGone: boolean;
  /** Say what the work waits for, which is read by itself. */
  isExplained: boolean;
  onOpen: () => void;
  onPointerDown: (event: PointerEvent) => void;
}

/** The keys of steps on a card. */
const KEYS: Readonly<Record<string, readonly AskedStep[]>> = {
  a: ["assign"],
  o: ["outsource"],
  h: ["hold", "resume"],
  e: ["edit"],
};

/** One work order on the board. It can be dragged; its menu and its keys (A, O, H, E) do the same and more. */
export function OrderCard({ order, isOpen, isPending, isDragged, isGone, ...props }: OrderCardProps) {
  const steps = useCardSteps(order, isGone);
  const openDialog = useStepDialog();
  const movable = steps.includes("assign");

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = KEYS[event.key.toLowerCase()]?.find((candidate) => steps.includes(candidate));
    if (step === undefined) return;
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
      onPointerDown={movable ? props.onPointerDown : undefined}
    >
      <div className={styles.top}>
        <span className={`code ${styles.code}`} title={order.code}>
          {order.code}
        </span>
        {steps.length > 0 && <CardMenu order={order} steps={steps} onOpen={props.onOpen} />}
      </div>
      <button
        type="button"
        className={styles.title}
        aria-label={texts.card.open(order.code, order.aItemText)}
        aria-keyshortcuts={keysOf(steps)}
        onClick={props.onOpen}
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
      {props.isExplained && <Waiting order={order} />}
      {order.technician !== null && <Technician name={order.technician} isGone={isGone} />}
    </article>
  );
}

/** Return the steps that the person may take with a work order now, and that ask for something first. */
function useCardSteps(order: WorkOrder, isGone: boolean): readonly AskedStep[] {
  return useSteps()(order, isGone).filter((step) => step !== "start");
}

/** Return the keys of these steps, as assistive technology reads them. */
function keysOf(steps: readonly AskedStep[]): string | undefined {
  const keys = Object.keys(KEYS).filter((key) => KEYS[key]?.some((step) => steps.includes(step)));
  return keys.join(" ").toUpperCase() || undefined;
}

function When({ order }: { order: WorkOrder }) {
  if (order.closedAt === null) return <Due order={order} />;
  return (
    <span className={styles.done}>
      {texts.due.done} <DateTime value={order.closedAt} />
    </span>
  );
}

function Technician({ name, isGone }: { name: string; isGone: boolean }) {
  return (
    <span className={styles.technician} title={name}>
      <Avatar name={name} size={20} color="petrol" variant="light" aria-hidden="true" />
      <span className={styles.name}>{name}</span>
      {isGone && <Badge tone="warning">{texts.card.gone}</Badge>}
    </span>
  );
}

interface CardMenuProps {
  order: WorkOrder;
  steps: readonly AskedStep[];
  onOpen: () => void;
}

function CardMenu({ order, steps, onOpen }: CardMenuProps) {
  const openDialog = useStepDialog();
  return (
    <Menu position="bottom-end" shadow="md" width={200}>
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
          <Menu.Item
            key={step}
            color={step === "cancel" ? "red" : undefined}
            onClick={() => openDialog({ action: step, order })}
          >
            {labelOf(step, order.state)}
          </Menu.Item>
        ))}
        <Menu.Item onClick={onOpen}>{texts.card.details}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

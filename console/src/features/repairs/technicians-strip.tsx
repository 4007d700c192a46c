import { Avatar } from "@mantine/core";
import type { Dragging } from "~/components/drag";
import type { Technician, WorkOrder } from "./queries";
import { Skills } from "./technician-choice";
import styles from "./technicians.module.css";
import { texts } from "./texts";

/** The attribute of what a card can be dropped on. Its value is the id of a technician. */
const DROP = "data-technician";

/** Return the id of the technician at a position of the window who takes the card that is dragged. */
export function technicianAt(x: number, y: number): string | null {
  return document.elementFromPoint(x, y)?.closest(`[${DROP}]`)?.getAttribute(DROP) ?? null;
}

interface TechniciansStripProps {
  technicians: readonly Technician[];
  dragging: Dragging<WorkOrder> | null;
}

/** The technicians above the board, onto whom cards can be dropped. */
export function TechniciansStrip({ technicians, dragging }: TechniciansStripProps) {
  if (technicians.length === 0) return null;
  return (
    <ul className={styles.strip} aria-label={texts.technicians.title}>
      {technicians.map((technician) => {
        const takes = dragging !== null && canTake(technician, dragging);
        const target = takes ? { [DROP]: technician.id } : {};
        return (
          <li key={technician.id} className={classOf(technician, dragging, takes)} {...target}>
            <Avatar name={technician.name} size={30} color="petrol" variant="light" aria-hidden="true" />
            <span className={styles.who}>
              <span className={styles.name} title={technician.name}>
                {technician.name}
              </span>
              <Skills skills={technician.skills} />
            </span>
            <span className={styles.load} title={texts.technicians.openLong(technician.openOrders)}>
              {texts.technicians.open(technician.openOrders)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** Only a technician of the order's zone who does not have it already. */
function canTake({ id, gameZone }: Technician, { item: order }: Dragging<WorkOrder>): boolean {
  return gameZone === order.gameZone && !(order.state === "ASSIGNED" && order.technicianId === id);
}

function classOf({ id }: Technician, dragging: Dragging<WorkOrder> | null, takes: boolean): string {
  const state = dragging === null ? undefined : takes ? styles.ready : styles.away;
  return [styles.target, state, dragging?.over === id && styles.over].filter(Boolean).join(" ");
}

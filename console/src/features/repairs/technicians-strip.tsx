import { Avatar } from "@mantine/core";
import { DROP, type Dragging } from "./drag";
import type { Technician } from "./queries";
import { Skills } from "./technician-choice";
import styles from "./technicians.module.css";
import { texts } from "./texts";

interface TechniciansStripProps {
  technicians: readonly Technician[];
  dragging: Dragging | null;
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
function canTake({ id, gameZone }: Technician, { order }: Dragging): boolean {
  return gameZone === order.gameZone && !(order.state === "ASSIGNED" && order.technicianId === id);
}

function classOf({ id }: Technician, dragging: Dragging | null, takes: boolean): string {
  const state = dragging === null ? undefined : takes ? styles.ready : styles.away;
  return [styles.target, state, dragging?.over === id && styles.over].filter(Boolean).join(" ");
}

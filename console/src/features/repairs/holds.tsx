import { DateTime, useNow } from "~/components/date-time";
import { DrawerSection } from "~/components/detail-drawer";
import styles from "./order-detail.module.css";
import type { WorkOrderDetail } from "./queries";
import { HOLD_REASONS } from "./states";
import { texts } from "./texts";
import { heldFor } from "./waiting";

/** The holds of a work order, the last one first. */
export function Holds({ order }: { order: WorkOrderDetail }) {
  const now = useNow();
  if (order.holds.length === 0) return null;
  return (
    <DrawerSection title={texts.holds.title}>
      <ul className={styles.holds}>
        {order.holds.toReversed().map((hold) => (
          <li key={hold.at}>
            <p className={styles.text}>
              {texts.holds.entry(
                HOLD_REASONS[hold.reason] ?? hold.reason,
                heldFor(hold, hold.endedAt, now),
                hold.endedAt === null,
              )}
            </p>
            {hold.note !== null && <p className={styles.text}>{hold.note}</p>}
            <p className={styles.by}>
              {hold.heldBy} · <DateTime value={hold.at} />
              {hold.until !== null && (
                <>
                  {" "}
                  · {texts.holds.until} <DateTime value={hold.until} />
                </>
              )}
            </p>
          </li>
        ))}
      </ul>
    </DrawerSection>
  );
}

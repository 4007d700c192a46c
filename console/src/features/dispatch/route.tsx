import styles from "./orders-page.module.css";
import type { Order } from "./queries";

/** Where an order goes from and to, in one line. */
export function Route({ order }: { order: Order }) {
  const { pickup_address: pickup, dropoff_address: dropoff } = order;
  return (
    <span className={styles.route} title={`${pickup} → ${dropoff}`}>
      <span className={styles.place}>{pickup}</span>
      <span className={styles.arrow} aria-hidden="true">
        →
      </span>
      <span className={styles.place}>{dropoff}</span>
    </span>
  );
}

import type { Order } from "./queries";
import styles from "./route.module.css";

/** Where an order goes from and to, one above the other, for narrow lists. */
export function StackedRoute({ order }: { order: Order }) {
  const { pickup_address: pickup, dropoff_address: dropoff } = order;
  return (
    <span className={styles.route} title={`${pickup} → ${dropoff}`}>
      <span className={styles.pickup}>{pickup}</span>
      <span className={styles.dropoff}>→ {dropoff}</span>
    </span>
  );
}
